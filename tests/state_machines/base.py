"""The base of all state machines: five people, three topics and a group of each kind, in an empty database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from network import ids
from network.actions import follows, lists
from network.errors import KithError
from network.models import Follow, Group, Person, Post, Topic
from tests.support import factories

T = TypeVar("T")

QUICK = settings(
    max_examples=5,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
DEEP = settings(QUICK, max_examples=100, stateful_step_count=60)

CHECK_EVERY = 5

HANDLES = ("ada", "ben", "chi", "dan", "eve")
TOPICS = ("tides", "moon", "sun")
AUDIENCES = [Post.Audience.PUBLIC] * 3 + [
    Post.Audience.UNLISTED,
    Post.Audience.FOLLOWERS,
    Post.Audience.FOLLOWERS,
    Post.Audience.DIRECT,
    Post.Audience.GROUP,
    Post.Audience.GROUP,
]
ROLES = (Follow.Role.MEMBER, Follow.Role.MODERATOR, Follow.Role.OWNER)

# Indexes: of a person, of a topic or group, and of a post, counted from the newest.
who = st.integers(0, len(HANDLES) - 1)
which = st.integers(0, 2)
back = st.integers(0, 12)
words = st.sets(st.sampled_from(("#tides", "#moon", "#sun", "spoiler", "gossip", "@ada", "@eve")), max_size=3)
spells = st.sampled_from((None, None, timedelta(hours=1), timedelta(hours=3)))


class BaseMachine(RuleBasedStateMachine):
    """A machine whose run starts from an empty database. Everything happens in a savepoint, which is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.last_id = ids._ids._last
        self.clock = time_machine.travel(timezone.now())
        self.time = self.clock.start()
        self.enter()
        self.settle()

    def enter(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def leave(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def settle(self) -> None:
        """Create the people, topics, groups, follows and lists with which each run begins."""
        self.people = [factories.person(handle, approves=handle == "eve").pk for handle in HANDLES]
        ada, ben, chi, dan, eve = (self.person(index) for index in range(5))
        self.topics = [factories.topic(name).pk for name in TOPICS]
        self.groups = [
            factories.group(ada, Group.Kind.OPEN, ben, chi).pk,
            factories.group(ben, Group.Kind.REQUEST, chi, dan).pk,
            factories.group(chi, Group.Kind.HIDDEN, dan, eve).pk,
        ]
        for follower, followed in ((ada, ben), (ada, eve), (ben, ada), (chi, ada), (dan, chi), (eve, dan)):
            factories.follow(follower, followed)
        factories.follow(ada, factories.topic("tides"))
        factories.follow(dan, factories.topic("moon"))
        for owner, streams in ((ada, [ben.stream]), (dan, [self.topic(1).stream, self.group(1).stream])):
            friends = lists.create(owner, "Friends")
            for stream in streams:
                follows.deliver(owner, stream, place=friends)

    def check(self) -> None:
        """Assert what must hold. Subclasses override this."""

    @invariant()
    def check_now_and_then(self) -> None:
        """Check after every CHECK_EVERY steps: a check costs as much as ten actions."""
        self.steps += 1
        if self.steps % CHECK_EVERY == 0:
            self.check()

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            self.forget()

    def forget(self) -> None:
        """Restore the database, the clock, and the last id of the process."""
        self.leave()
        self.clock.stop()
        ids._ids._last = self.last_id

    def person(self, index: int) -> Person:
        return Person.objects.select_related("stream").get(pk=self.people[index])

    def topic(self, index: int) -> Topic:
        return Topic.objects.get(pk=self.topics[index])

    def group(self, index: int) -> Group:
        return Group.objects.get(pk=self.groups[index])

    def post(self, index: int) -> Post | None:
        return pick(list(Post.objects.order_by("-pk")), index)

    @rule(minutes=st.sampled_from((1, 40, 150)))
    def wait(self, minutes: int) -> None:
        self.time.shift(timedelta(minutes=minutes))

    def on_post(self, act: Any, person: int, post: int) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(act, self.person(person), found)

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> None:
        """Do an action that may be refused, by a KithError only."""
        with suppress(KithError):
            act(*args, **kwargs)


def pick(rows: Sequence[T], index: int) -> T | None:
    return rows[index % len(rows)] if rows else None


def text(said: set[str]) -> str:
    return " ".join(["The tide turns.", *sorted(said)])
