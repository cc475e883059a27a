"""Each rule of who may write exists as SQL, in memory and in the oracle, and a package can add one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import sync_to_async as off
from django.db.models import Q

from network.actions import blocks, edits, groups, memberships
from network.actions.drafts import Draft
from network.errors import NotVisible, Refused
from network.models import Activity, Group, Person, Post
from network.queries import posts
from network.queries import writing as sql
from network.queries.showing import show
from network.queries.writing import WritingRule
from realtime.announcing import announcements
from realtime.hub.switchboard import Switchboard
from realtime.visibility import loading, writing
from realtime.visibility.rights import load
from tests.oracle import rights as oracle
from tests.oracle.world import World
from tests.support import factories
from tests.support.planting import built_anew
from tests.support.realtime.pages import open_page
from tests.support.realtime.rosters import here, shows_presence

Commenting, Type = Post.Commenting, Activity.Type
TABLES: tuple[dict[str, Any], ...] = (sql.WRITING_RULES, writing.WRITING_RULES, oracle.WRITING_RULES)


@contextmanager
def changed_rules(*tables: dict[str, Any]) -> Iterator[None]:
    """Inside, the three tables have other rules."""
    with built_anew(), ExitStack() as stack:
        for table, rules in zip(TABLES, tables, strict=True):
            stack.enter_context(mock.patch.dict(table, rules, clear=True))
        yield


def may_write(person: Person, thread: Post) -> list[bool]:
    """By the question that actions ask, on the page of the thread, in memory, by the oracle, and by writing."""
    shown = show(person, [thread.pk]).get(thread.pk)
    return [
        posts.may_comment(person, thread),
        shown is not None and shown.marks is not None and shown.marks.may_comment,
        writing.may_comment(load([person.pk])[person.pk], loaded(person, thread)),
        oracle.may_comment(World(), person.pk, thread.pk),
        can_comment(person, thread),
    ]


def loaded(person: Person, thread: Post) -> writing.Thread:
    return loading.load_threads(Post.objects.filter(pk=thread.pk), [person.pk])[thread.pk]


def can_comment(person: Person, thread: Post) -> bool:
    try:
        factories.comment(person, thread)
    except (NotVisible, Refused):
        return False
    return True


@pytest.fixture
def allowed(ada: Person, ben: Person) -> list[tuple[str, Person, Post]]:
    """Rules, each with somebody and a thread in which this rule alone lets them write."""
    factories.follow(ada, ben)
    direct = {"audience": Post.Audience.DIRECT, "to": (ben,), "commenting": Commenting.NAMED}
    return [
        ("author", ada, factories.post(ada, commenting=Commenting.NOBODY)),
        ("everyone", ben, factories.post(ada, commenting=Commenting.EVERYONE)),
        ("followed", ben, factories.post(ada, commenting=Commenting.FOLLOWED)),
        ("named", ben, factories.post(ada, "Ask @ben.", commenting=Commenting.NAMED)),
        ("named", ben, factories.post(ada, **direct)),
    ]


def test_the_three_tables_have_the_same_rules() -> None:
    assert {frozenset(table) for table in TABLES} == {frozenset({"author", "everyone", "followed", "named"})}


def test_each_rule_lets_people_write_by_itself(allowed: list[tuple[str, Person, Post]]) -> None:
    assert {name for name, _, _ in allowed} == set(sql.WRITING_RULES)
    for name, person, thread in allowed:
        assert may_write(person, thread) == [True] * 5, name
        with changed_rules(*({name: table[name]} for table in TABLES)):
            assert may_write(person, thread) == [True] * 5, name
        with changed_rules(*({key: table[key] for key in table if key != name} for table in TABLES)):
            assert may_write(person, thread) == [False] * 5, name


# A rule of a package: everybody who may read a thread that begins with these words may write in it.
GUESTS = (
    WritingRule(
        lambda person, thread: Q(**{f"{thread}text__startswith": "Open day"}), frozenset({Type.UPDATE})
    ),
    lambda rights, thread: thread.root.words.startswith(" open day "),
    lambda world, person, root: root.text.startswith("Open day"),
)


@contextmanager
def guests() -> Iterator[None]:
    with changed_rules(*(table | {"guest": rule} for table, rule in zip(TABLES, GUESTS, strict=True))):
        yield


def test_a_package_adds_a_rule(ada: Person, ben: Person) -> None:
    thread = factories.post(ada, "Open day at the pier", commenting=Commenting.NOBODY)
    other = factories.post(ada, "Nothing to add", commenting=Commenting.NOBODY)
    assert may_write(ben, thread) == [False] * 5
    with guests():
        assert may_write(ben, thread) == [True] * 5
        assert may_write(ben, other) == [False] * 5
        blocks.block(ada, ben)
        assert may_write(ben, thread) == [False] * 5


def test_no_rule_lets_people_write_outside_of_open_groups_of_their_own(ada: Person, ben: Person) -> None:
    group = factories.group(ada, Group.Kind.OPEN)
    thread = factories.post(ada, "Open day at the pier", group=group, commenting=Commenting.NOBODY)
    with guests():
        assert may_write(ben, thread) == [False] * 5
        memberships.join(ben, group)
        assert may_write(ben, thread) == [True] * 5
        groups.close(ada, group)
        assert may_write(ben, thread) == [False] * 5


def test_no_rules_at_all_are_an_error_and_no_permission() -> None:
    with changed_rules({}, {}, {}), pytest.raises(TypeError):
        posts.may_comment(Person(pk=1), Post(pk=2))


async def test_open_pages_follow_the_rule_of_a_package(ada: Person, ben: Person, board: Switchboard) -> None:
    group = await off(lambda: shows_presence(ada, factories.group(ada, Group.Kind.OPEN, ben)))()
    thread = await off(factories.post)(ada, "Quiet day", group=group, commenting=Commenting.NOBODY)
    with guests():
        ada_s = await open_page(board, ada, f"thread:{thread.pk}")
        ben_s = await open_page(board, ben, f"thread:{thread.pk}")
        await here(ada_s)
        assert await off(may_write)(ben, thread) == [False] * 5
        await off(edits.edit)(ada, thread, Draft("Open day at the pier", commenting=Commenting.NOBODY))
        await here(ada_s, "Ben")
        await here(ben_s, "Ada")
        assert await off(may_write)(ben, thread) == [True] * 5
        await off(edits.edit)(ada, thread, Draft("Quiet day", commenting=Commenting.NOBODY))
        await here(ada_s)
        await here(ben_s)


@pytest.mark.parametrize("changed_by", [frozenset(), frozenset({Type.LIKE}), frozenset({Type.UPDATE})])
def test_the_types_of_activity_that_change_a_rule_are_announced(
    ada: Person, ben: Person, changed_by: frozenset[Activity.Type]
) -> None:
    thread = factories.post(ada)
    liked = Activity.objects.create(pk=1, type=Type.LIKE, actor=ben, post=thread)
    edited = Activity.objects.create(pk=2, type=Type.UPDATE, actor=ada, post=thread)
    on_comment = Activity.objects.create(pk=3, type=Type.LIKE, actor=ben, post=factories.comment(ben, thread))
    with changed_rules({"guest": WritingRule(GUESTS[0].threads, changed_by)}, {}, {}):
        said = announcements.messages_of([liked, edited, on_comment])
    named = {message.thread for message in said if message.type == "writing"}
    assert {message.id for message in said if message.type == "writing"} == {
        one.pk for one in (liked, edited) if one.type in changed_by
    }
    assert named <= {thread.pk}
