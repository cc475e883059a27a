"""Compiled queries: one SQL text, with new values for each run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import BooleanField, CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from network.actions import posts
from network.models import Group, Mute, Person, Post, Stream
from network.queries.compiled import compile_queryset, fetch, subquery
from network.queries.instances import Instances
from network.queries.parameters import NOW, PERSON, AnyOf, Parameter, ParameterList
from tests.support import factories

RELATED = ("author", "thread", "thread__author", "thread__group")


def by_author() -> QuerySet[Post, Any]:
    return Post.objects.filter(author=PERSON).order_by("-pk").values_list("pk")


def by_authors() -> QuerySet[Post, Any]:
    return Post.objects.filter(author__in=ParameterList("people")).order_by("pk").values_list("pk")


def beside_minus_one() -> QuerySet[Post, Any]:
    """The number in the query could be mistaken for a placeholder."""
    return Post.objects.filter(author=PERSON).values_list(Value(-1), Parameter("number"))


def lasting_mutes() -> QuerySet[Mute, Any]:
    return Mute.objects.filter(person=PERSON, until__gt=NOW).values_list("pk")


def test_each_run_has_its_own_values(db: None) -> None:
    ada, ben = factories.person(), factories.person()
    first, second, other = factories.post(ada), factories.post(ada), factories.post(ben)
    assert fetch(by_author, person=ada.pk) == [(second.pk,), (first.pk,)]
    assert fetch(by_author, person=ben.pk) == [(other.pk,)]


def test_a_value_is_never_replaced_as_a_placeholder(db: None) -> None:
    ada = factories.person()
    factories.post(ada)
    assert fetch(beside_minus_one, person=ada.pk, number=-1) == [(-1, -1)]
    assert fetch(beside_minus_one, person=ada.pk, number=7) == [(-1, 7)]
    assert fetch(beside_minus_one, person=-1, number=7) == []


def test_a_percent_sign_and_equal_values_are_kept(db: None) -> None:
    ada = factories.person()
    factories.post(ada, "100% sure")

    def build() -> QuerySet[Post, Any]:
        percent = RawSQL("text LIKE '%%100%%'", (), BooleanField())
        return Post.objects.filter(percent, author=PERSON).values_list(
            Value(1), Value(True), Value("1"), Value("%s")
        )

    assert fetch(build, person=ada.pk) == [(1, True, "1", "%s")]
    assert Post.objects.filter(pk__in=subquery(by_author, person=ada.pk), text__contains="%").count() == 1


@pytest.mark.parametrize(
    "value",
    [
        0,
        7,
        -1,
        2**62,
        True,
        False,
        None,
        "",
        "direct",
        "two words",
        "it's",
        "50%",
        "%s",
        "%(person)s",
        "a\\b",
        'a"b',
        "né",
    ],
)
def test_a_value_of_the_query_is_as_given(db: None, value: object) -> None:
    ada = factories.person()
    factories.post(ada)

    def build() -> QuerySet[Post, Any]:
        given = Value(value, output_field=CharField() if value is None else None)
        return Post.objects.filter(author=PERSON).values_list(given, Parameter("number"))

    assert fetch(build, person=ada.pk, number=3) == [(value, 3)]


def test_values_of_choices_and_numbers_are_in_the_sql(db: None) -> None:
    """Otherwise SQLite would prepare the statement at each run."""
    compiled = compile_queryset(
        Post.objects.filter(audience=Post.Audience.DIRECT, likes_count=3, author=PERSON)
    )
    assert compiled.params == (PERSON,)
    assert "'direct'" in compiled.sql


def test_a_list_may_have_any_number_of_ids(db: None) -> None:
    ada, ben, chi = factories.person(), factories.person(), factories.person()
    found = [factories.post(author).pk for author in (ada, ben, chi)]
    assert fetch(by_authors, people=[]) == []
    assert fetch(by_authors, people={ben.pk}) == [(found[1],)]
    assert fetch(by_authors, people=[*range(2000), ada.pk, chi.pk]) == [(found[0],), (found[2],)]


def test_now_is_the_time_of_the_run(db: None) -> None:
    ada, ben = factories.person(), factories.person()
    Mute.objects.create(person=ada, muted_person=ben, until=timezone.now() + timedelta(days=1))
    assert len(fetch(lasting_mutes, person=ada.pk)) == 1
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert fetch(lasting_mutes, person=ada.pk) == []
    assert fetch(lasting_mutes, person=ada.pk, now=timezone.now() + timedelta(days=2)) == []


def test_a_query_is_built_once_and_each_run_is_one_query(
    db: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    built = []

    def build(word: str) -> QuerySet[Post, Any]:
        built.append(word)
        return Post.objects.filter(author=PERSON, text=word).values_list("pk")

    with django_assert_num_queries(4):
        for word in ("tide", "tide", "moon", "tide"):
            fetch(build, word, person=1)
    assert built == ["tide", "moon"]


def test_compiling_runs_no_query(db: None, django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(0):
        query = compile_queryset(by_author())
    assert query.sql.startswith("SELECT ")
    assert list(query.parameters) == ["person"]


def test_a_missing_value_is_an_error(db: None) -> None:
    with pytest.raises(KeyError, match="person"):
        fetch(by_author)


def test_a_row_that_parts_of_the_same_kind_refer_to_is_one_instance(db: None) -> None:
    instances = Instances(Post, RELATED)
    post = factories.post(factories.person())
    [found] = instances.read(fetch(lambda: instances.select(Post.objects.filter(pk=post.pk))))
    assert found.author is found.thread.author
    assert found.thread is not found


def test_a_query_without_rows_cannot_be_compiled(db: None) -> None:
    with pytest.raises(ValueError, match="no rows"):
        compile_queryset(Post.objects.none())


def test_a_compiled_query_of_ids_can_be_part_of_another_query(
    db: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    ada, ben = factories.person(), factories.person()
    first = factories.post(ada)
    factories.post(ben)
    with django_assert_num_queries(1):
        assert list(Post.objects.filter(pk__in=subquery(by_author, person=ada.pk))) == [first]


def test_any_of_equals_in(db: None) -> None:
    ada, ben = factories.person(), factories.person()
    first, _other, last = factories.post(ada), factories.post(ben), factories.post(ada)
    own = Subquery(Post.objects.filter(author=ada).order_by("-pk").values("pk")[:1])
    assert list(Post.objects.filter(AnyOf(F("pk"), own))) == [last]
    assert set(Post.objects.filter(~AnyOf(F("pk"), own), author=ada)) == {first}

    def by_authors() -> QuerySet[Post, Any]:
        return Post.objects.filter(AnyOf(F("author"), ParameterList("people"))).values_list("pk")

    assert {pk for (pk,) in fetch(by_authors, people=[ada.pk])} == {first.pk, last.pk}
    assert fetch(by_authors, people=[]) == []


class TestInstances:
    WHOLE = Instances(Post, RELATED, {"is_long": bool, "word": str})

    def everything(self) -> QuerySet[Post, Any]:
        longer = Post.objects.filter(pk=OuterRef("pk"), text__contains="long")
        rows = Post.objects.filter(pk__in=ParameterList("posts")).order_by("pk")
        return rows.annotate(is_long=Exists(longer), word=Value("tide", CharField()))

    @pytest.fixture
    def found(self, db: None) -> list[Post]:
        """A post in a group, an edited post of a person with a full profile, and a hidden answer."""
        ada = factories.person()
        ben = factories.person()
        Person.objects.filter(pk=ben.pk).update(knows=["tides"], hides_follows=True)
        group = factories.group(ada, Group.Kind.OPEN)
        Group.objects.filter(pk=group.pk).update(closed_at=timezone.now())
        first, second = factories.post(ada, "A long one"), factories.post(ben)
        in_group = factories.post(ada)
        Post.objects.filter(pk=in_group.pk).update(group=group, audience="group", edited_at=timezone.now())
        answer = factories.comment(ben, first)
        posts.delete(ben, answer)
        return [first, second, in_group, answer]

    def read(self, found: list[Post]) -> list[Post]:
        return self.WHOLE.read(fetch(self.select, posts=[post.pk for post in found]))

    def select(self) -> QuerySet[Post, Any]:
        return self.WHOLE.select(self.everything())

    def test_instances_equal_those_of_the_orm(self, found: list[Post]) -> None:
        expected = Post.objects.filter(pk__in=[post.pk for post in found]).select_related(*RELATED)
        read = self.read(found)
        assert [post.is_long for post in read] == [True, False, False, False]
        assert {post.word for post in read} == {"tide"}
        for one, other in zip(read, expected.order_by("pk"), strict=True):
            self.are_equal(one, other)
            self.are_equal(one.author, other.author)
            self.are_equal(one.thread, other.thread)
            self.are_equal(one.thread.author, other.thread.author)
            assert (one.thread.group is None) == (other.thread.group is None)
            if other.thread.group is not None:
                self.are_equal(one.thread.group, other.thread.group)

    def are_equal(self, one: Any, other: Any) -> None:
        """Assert that all values and their types are equal: a time has a zone, a flag is a boolean, a list is not a text."""
        for field in type(other)._meta.concrete_fields:
            mine, theirs = getattr(one, field.attname), getattr(other, field.attname)
            assert (mine, type(mine)) == (theirs, type(theirs)), field
            if isinstance(theirs, datetime):
                assert mine.utcoffset() == theirs.utcoffset() == timedelta(0)
        assert one._state.adding is False
        assert one._state.db == other._state.db

    def test_only_some_fields_are_read(
        self, found: list[Post], django_assert_num_queries: Callable[..., Any]
    ) -> None:
        short = Instances(Post, ("author", "thread"), only={"": ("text",), "thread": ("author_id",)})

        def select() -> QuerySet[Post, Any]:
            return short.select(Post.objects.filter(pk__in=ParameterList("posts")).order_by("pk"))

        with django_assert_num_queries(1):
            first, *_others, answer = short.read(fetch(select, posts=[post.pk for post in found]))
            assert (first.pk, first.text, answer.thread.author_id) == (
                found[0].pk,
                "A long one",
                first.author.pk,
            )
        assert first.author.get_deferred_fields() == set()
        assert "title" in first.get_deferred_fields()
        assert "text" in answer.thread.get_deferred_fields()

    def test_instances_need_no_further_query(
        self, found: list[Post], django_assert_num_queries: Callable[..., Any]
    ) -> None:
        with django_assert_num_queries(1):
            read = self.read(found)
            assert {post.thread.author.name for post in read}
            assert [post.thread.group for post in read if post.thread.group is not None]

    def test_know_what_refers_to_them(
        self, found: list[Post], django_assert_num_queries: Callable[..., Any]
    ) -> None:
        """A stream has a person, a topic or a group. Whether it has one of the others is asked again."""
        streams = Instances(Stream, ("person", "topic", "group"))

        def select() -> QuerySet[Stream, Any]:
            return streams.select(Stream.objects.filter(pk__in=ParameterList("streams")).order_by("pk"))

        author, group = found[0].author, Group.objects.get()
        with django_assert_num_queries(1):
            of_person, of_group = streams.read(fetch(select, streams=[author.pk, group.pk]))
            assert of_person.person == author
            assert of_person.person.stream is of_person
            assert of_group.group == group
        assert not hasattr(of_person, "group")
        assert not hasattr(of_group, "person")
        assert not hasattr(of_group, "topic")

    def test_equal_related_instances_are_shared(self, found: list[Post]) -> None:
        first, _second, in_group, answer = self.read(found)
        assert first.author is in_group.author
        assert first.thread is answer.thread
        assert isinstance(first.author, Person)
