"""Lists whose order changes while a person pages through them: a row that stays in the list is shown once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db.models import Q
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from network.actions import bookmarks, follows, likes, memberships, posts, threads
from network.models import Activity, Follow, Group, Person, Post, Stream
from network.queries import bookmarks as bookmark_queries
from network.queries import discussions, finding, following, latest, listing, members, messages
from network.queries import likes as like_queries
from network.queries.latest import Cut
from network.queries.listing import Ranked
from tests.state_machines import DEEP, QUICK
from tests.state_machines.base import BaseMachine, pick
from tests.support import factories

ROWS, SIZE = 7, 2  # rows of each list, and rows of a page
ALL = 100  # rows of a page that has the whole list
LISTS = ("people", "topics", "groups", "posts", "discussions", "messages", "bookmarks", "likes", "members")
LISTS += ("followers", "following", "deliveries")

any_row = st.integers(0, ROWS - 1)
any_post = st.integers(0, 4 * ROWS)


class Moving(BaseMachine):
    """A person pages through all lists while others follow, join, write, delete and hide."""

    def settle(self) -> None:
        reader = factories.person("reader")
        self.reader = reader.pk
        self.people = [factories.person().pk for _ in range(ROWS)]
        people = [self.person(index) for index in range(ROWS)]
        self.groups = [factories.group(reader, Group.Kind.OPEN, *people).pk]
        self.groups += [factories.group(people[0]).pk for _ in range(ROWS)]
        tags = [f"topic{number}" for number in range(ROWS)]
        self.topics = [factories.topic(tag).pk for tag in tags]
        self.thanked = factories.post(reader, " ".join(f"#{tag}" for tag in tags)).pk
        for person in people:
            factories.follow(person, reader)
            factories.follow(reader, person)
            likes.like(person, Post.objects.get(pk=self.thanked))
            bookmarks.save(reader, factories.post(person, group=self.group(0)))
            factories.post(person, audience=Post.Audience.DIRECT, to=(reader,))
        self.walks = {name: Walk(name, self.list(name)) for name in LISTS}

    def list(self, name: str) -> Callable[[Any], Any]:
        """The function that reads a page of a list from a cursor."""
        reader, group = Person.objects.get(pk=self.reader), self.group(0)
        membership = Follow.objects.get(follower=reader, stream=group.pk)
        access = members.Standing(group, membership)
        return {
            "people": lambda at: finding.people_to_find(None, place=at and Ranked.parse(at), size=size()),
            "topics": lambda at: finding.topics_to_find(None, place=at and Ranked.parse(at), size=size()),
            "groups": lambda at: finding.groups_to_find(None, place=at and Ranked.parse(at), size=size()),
            "posts": lambda at: finding.threads_to_find(None, at and int(at), size=size()),
            "discussions": lambda at: discussions.find_page(reader, group, membership, at and Cut.parse(at)),
            "messages": lambda at: messages.find_page(reader, at and Cut.parse(at)),
            "bookmarks": lambda at: bookmark_queries.find_page(reader, at and int(at)),
            "likes": lambda at: like_queries.find_page(reader, Post(pk=self.thanked), at and int(at)),
            "members": lambda at: members.members(reader, access, at and int(at)),
            "followers": lambda at: following.followers(reader, reader, at and int(at)),
            "following": lambda at: following.following(reader, reader, at and int(at)),
            "deliveries": lambda at: following.deliveries(reader, at and int(at)),
        }[name]

    @rule(person=any_row, other=any_row, act=st.sampled_from((follows.follow, follows.unfollow)))
    def follow_person(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other).stream)

    @rule(person=any_row, topic=any_row, act=st.sampled_from((follows.follow, follows.unfollow)))
    def follow_topic(self, person: int, topic: int, act: Any) -> None:
        self.attempt(act, self.person(person), Stream.objects.get(pk=self.topics[topic]))

    @rule(person=any_row, group=any_row, act=st.sampled_from((memberships.join, memberships.leave)))
    def join_or_leave(self, person: int, group: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.group(1 + group))

    @rule(author=any_row, post=any_post)
    def comment(self, author: int, post: int) -> None:
        self.attempt(factories.comment, self.person(author), self.post(post))

    @rule(post=any_post, act=st.sampled_from((threads.hide_comment, threads.show_comment, posts.delete)))
    def take_away(self, post: int, act: Any) -> None:
        comments = Post.objects.exclude(parent=None).filter(deleted_at=None)
        if found := pick(list(comments.order_by("-pk")), post):
            self.attempt(act, found.author if act is posts.delete else found.thread.author, found)

    @rule(member=any_row, role=st.sampled_from((Follow.Role.MEMBER, Follow.Role.MODERATOR)))
    def give_role(self, member: int, role: Follow.Role) -> None:
        owner = Person.objects.get(pk=self.reader)
        self.attempt(memberships.give_role, owner, self.group(0), self.person(member), role)

    @rule(name=st.sampled_from(LISTS[:6]))
    def next_page(self, name: str) -> None:
        self.walks[name].next_page()

    @rule()
    def turn_all(self) -> None:
        for walk in self.walks.values():
            walk.next_page()

    def teardown(self) -> None:
        try:
            for walk in self.walks.values():
                walk.finish()
        finally:
            super().teardown()


class Walk:
    """The pages that a person reads of a list, and what the list contained at each of them."""

    def __init__(self, name: str, read: Callable[[Any], Any]) -> None:
        self.name, self.read = name, read
        self.begin()

    def begin(self) -> None:
        self.at: str | None = None
        self.shown: list[int] = []
        self.stayed = self.whole()

    def next_page(self) -> None:
        """Read the next page. After the last one start again."""
        self.stayed &= self.whole()
        page = self.read(self.at)
        assert len(rows_of(page)) <= SIZE
        self.shown += rows_of(page)
        assert len(self.shown) == len(set(self.shown)), f"{self.name}: a row is shown twice"
        self.at = page.older and str(page.older)
        if self.at is None:
            assert self.stayed <= set(self.shown), f"{self.name}: a row is never shown"
            self.begin()

    def finish(self) -> None:
        while self.at is not None:
            self.next_page()

    def whole(self) -> set[int]:
        """The ids that the list contains now."""
        with pages_of(ALL):
            page = self.read(None)
        assert page.older is None
        return set(rows_of(page))


def rows_of(page: Any) -> list[int]:
    """The ids on a page."""
    for name in ("rows", "messages", "cards", "people"):
        if (rows := getattr(page, name, None)) is not None:
            return [id_of(row) for row in rows]
    raise AssertionError(page)


def id_of(row: Any) -> int:
    if hasattr(row, "shown"):
        return int(row.shown.post.pk)
    return int(getattr(row, "what", row).pk)


@contextmanager
def pages_of(rows: int) -> Iterator[None]:
    """Within this context a page of any list has so many rows."""
    with ExitStack() as patched:
        for module in SIZED:
            patched.enter_context(mock.patch.object(module, "PAGE", rows))
        for module in (members, following):
            patched.enter_context(mock.patch.object(module, "page", partial(listing.page, size=rows)))
        yield


SIZED = (discussions, messages, bookmark_queries, like_queries)


def size() -> int:
    """The rows of a page in this context."""
    return discussions.PAGE


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make pages so short that every list has several."""
    monkeypatch.setattr(listing, "RANKED", 2 * SIZE)
    with pages_of(SIZE):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_a_row_that_stays_is_shown_once():
    run_state_machine_as_test(Moving, settings=QUICK)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_a_row_that_stays_is_shown_once_in_long_runs():
    run_state_machine_as_test(Moving, settings=DEEP)


class TestPlantedFaults:
    """Planted faults are found."""

    @pytest.fixture
    def moving(self, db: None, small: None) -> Iterator[Moving]:
        """The first page of every list has been read; then the lists change."""
        machine = Moving()
        machine.turn_all()
        yield machine
        machine.forget()

    def assert_caught(self, moving: Moving, name: str) -> None:
        with pytest.raises(AssertionError, match=name):
            moving.walks[name].finish()

    def test_a_cursor_that_forgets_what_was_shown(self, moving: Moving) -> None:
        walk = moving.walks["people"]
        walk.at = str(walk.shown[-1])
        self.assert_caught(moving, "people")

    @pytest.mark.parametrize("name", ["discussions", "messages"])
    def test_a_thread_that_moves_up(self, moving: Moving, name: str) -> None:
        roots = sorted(moving.walks[name].stayed - set(moving.walks[name].shown))
        factories.comment(Person.objects.get(pk=moving.reader), Post.objects.get(pk=roots[0]))
        with mock.patch.object(latest, "_moved", return_value=Q(pk=0)):
            self.assert_caught(moving, name)

    @pytest.mark.parametrize("name", ["discussions", "messages"])
    def test_a_comment_that_is_deleted(self, moving: Moving, name: str) -> None:
        walk, reader = moving.walks[name], Person.objects.get(pk=moving.reader)
        comment = factories.comment(reader, Post.objects.get(pk=min(walk.stayed)))
        walk.begin()
        walk.next_page()
        posts.delete(reader, comment)
        with mock.patch.object(latest, "_changes", return_value=Activity.objects.none()):
            self.assert_caught(moving, name)
