"""People who do anything at any time: the machine that the stateful tests drive.

Five people, three topics, and a group of each kind. Every rule is a real action; being refused is fine.
Each run starts from an empty database and leaves one, for it happens inside a savepoint.
"""

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
from network.actions import (
    blocks,
    bookmarks,
    edits,
    follows,
    groups,
    likes,
    memberships,
    mutes,
    people,
    polls,
    posts,
    reshares,
    threads,
    topics,
)
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.errors import KithError
from network.models import Follow, Group, Mute, Person, Poll, Post, Stream, Topic
from tests import making

T = TypeVar("T")

QUICK = settings(
    max_examples=5,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
DEEP = settings(QUICK, max_examples=500, stateful_step_count=60)

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

# Which of the people, topics or groups; and which post, counted from the newest.
who = st.integers(0, len(HANDLES) - 1)
which = st.integers(0, 2)
back = st.integers(0, 12)
words = st.sets(st.sampled_from(("#tides", "#moon", "#sun", "spoiler", "gossip", "@ada", "@eve")), max_size=3)
spells = st.sampled_from((None, None, timedelta(hours=1), timedelta(hours=3)))


class Acting(RuleBasedStateMachine):
    """The rules; what must hold is said by those who inherit."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.last_id = ids._ids._last
        self.clock = time_machine.travel(timezone.now())
        self.time = self.clock.start()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.settle()

    def settle(self) -> None:
        """Who and what there is before anything happens."""
        self.people = [making.person(handle, approves=handle == "eve").pk for handle in HANDLES]
        ada, ben, chi, dan, eve = (self.person(index) for index in range(5))
        self.topics = [making.topic(name).pk for name in TOPICS]
        self.groups = [
            making.group(ada, Group.Kind.OPEN, ben, chi).pk,
            making.group(ben, Group.Kind.REQUEST, chi, dan).pk,
            making.group(chi, Group.Kind.HIDDEN, dan, eve).pk,
        ]
        for follower, followed in ((ada, ben), (ada, eve), (ben, ada), (chi, ada), (dan, chi), (eve, dan)):
            making.follow(follower, followed)
        making.follow(ada, making.topic("tides"))
        making.follow(dan, making.topic("moon"))

    def check(self) -> None:
        """What must hold, whatever happened."""

    @invariant()
    def check_now_and_then(self) -> None:
        """A look costs as much as ten acts, so there is one after every few."""
        self.steps += 1
        if self.steps % CHECK_EVERY == 0:
            self.check()

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            self.forget()

    def forget(self) -> None:
        """Leave everything as it was found: the database, the clock, and the ids that came of it."""
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)
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

    @rule(author=who, audience=st.sampled_from(AUDIENCES), said=words, to=who, where=which, again=which)
    def publish(self, author: int, audience: str, said: set[str], to: int, where: int, again: int) -> None:
        extra: dict[str, Any] = {"audience": Post.Audience(audience)}
        if audience == Post.Audience.GROUP:
            extra = {"group": self.group(where)}
        elif audience == Post.Audience.DIRECT:
            extra["to"] = (self.person(to),)
        if again == 0:
            extra["poll"] = PollDraft(("Tea", "Coffee", "Water"), multiple=bool(where))
        self.attempt(posts.publish, self.person(author), Draft(text(said), **extra))

    @rule(author=who, post=back, said=words)
    def comment(self, author: int, post: int, said: set[str]) -> None:
        parent = self.post(post)
        if parent is not None:
            self.attempt(posts.publish, self.person(author), Draft(text(said), parent=parent))

    @rule(person=who, post=back, mark=st.sampled_from((reshares.reshare, reshares.reshare, reshares.undo)))
    def reshare(self, person: int, post: int, mark: Any) -> None:
        self.on_post(mark, person, post)

    @rule(
        person=who,
        post=back,
        mark=st.sampled_from((likes.like, likes.unlike, bookmarks.save, bookmarks.remove, threads.watch)),
    )
    def mark(self, person: int, post: int, mark: Any) -> None:
        self.on_post(mark, person, post)

    @rule(person=who, poll=which, chosen=st.sets(which, min_size=1))
    def vote(self, person: int, poll: int, chosen: set[int]) -> None:
        found = pick(list(Poll.objects.order_by("-pk")), poll)
        if found is not None:
            self.attempt(polls.vote, self.person(person), found.post, chosen)

    @rule(post=back, said=words, audience=st.sampled_from(AUDIENCES), same=st.booleans())
    def edit(self, post: int, said: set[str], audience: str, same: bool) -> None:
        found = self.post(post)
        if found is not None:
            kept = Post.Audience(found.audience if same else audience)
            draft = Draft(text(said), audience=kept, commenting=Post.Commenting(found.commenting))
            self.attempt(edits.edit, found.author, found, draft)

    @rule(post=back)
    def delete(self, post: int) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(posts.delete, found.author, found)

    @rule(post=back, act=st.sampled_from((threads.hide_comment, threads.show_comment)))
    def hide(self, post: int, act: Any) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(act, found.thread.author, found)

    @rule(post=back, commenting=st.sampled_from(list(Post.Commenting)))
    def say_who_may_comment(self, post: int, commenting: Post.Commenting) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(threads.say_who_may_comment, found.author, found, commenting)

    @rule(person=who, other=who, act=st.sampled_from((follows.follow, follows.follow, follows.unfollow)))
    def follow_person(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other).stream)

    @rule(person=who, topic=which, act=st.sampled_from((follows.follow, follows.follow, follows.unfollow)))
    def follow_topic(self, person: int, topic: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.topic(topic).stream)

    @rule(person=who, other=who, act=st.sampled_from((follows.accept, follows.remove_follower)))
    def answer_request(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other))

    @rule(person=who, approves=st.booleans())
    def set_privacy(self, person: int, approves: bool) -> None:
        self.attempt(people.set_privacy, self.person(person), people.Privacy(approves, hides_follows=False))

    @rule(
        person=who,
        follow=back,
        place=st.sampled_from((Follow.Place.HOME, Follow.Place.HOME, Follow.Place.DIGEST)),
        comments=st.booleans(),
        reshares=st.booleans(),
    )
    def deliver(self, person: int, follow: int, place: Follow.Place, comments: bool, reshares: bool) -> None:
        streams = list(Stream.objects.filter(follows__follower=self.people[person]).order_by("pk"))
        stream = pick(streams, follow)
        if stream is not None:
            self.attempt(
                follows.deliver,
                self.person(person),
                stream,
                place=place,
                comments=comments,
                reshares=reshares,
            )

    @rule(person=who, other=who, act=st.sampled_from((blocks.block, blocks.unblock, blocks.unblock)))
    def block(self, person: int, other: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.person(other))

    @rule(person=who, other=who, until=spells)
    def mute_person(self, person: int, other: int, until: timedelta | None) -> None:
        self.attempt(mutes.mute_person, self.person(person), self.person(other), until=until)

    @rule(person=who, topic=which, until=spells)
    def mute_topic(self, person: int, topic: int, until: timedelta | None) -> None:
        self.attempt(mutes.mute_topic, self.person(person), self.topic(topic), until=until)

    @rule(person=who, post=back, until=spells)
    def mute_thread(self, person: int, post: int, until: timedelta | None) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(mutes.mute_thread, self.person(person), found, until=until)

    @rule(person=who, word=st.sampled_from(("Spoiler", "gossip", "tides")), until=spells)
    def mute_word(self, person: int, word: str, until: timedelta | None) -> None:
        self.attempt(mutes.mute_word, self.person(person), word, until=until)

    @rule(person=who, mute=which)
    def unmute(self, person: int, mute: int) -> None:
        found = pick(list(Mute.objects.filter(person=self.people[person]).order_by("-pk")), mute)
        if found is not None:
            self.attempt(mutes.unmute, self.person(person), found)

    @rule(minutes=st.sampled_from((1, 40, 150)))
    def wait(self, minutes: int) -> None:
        self.time.shift(timedelta(minutes=minutes))

    @rule(person=who, group=which, act=st.sampled_from((memberships.join, memberships.leave)))
    def come_and_go(self, person: int, group: int, act: Any) -> None:
        self.attempt(act, self.person(person), self.group(group))

    @rule(person=who, group=which)
    def invite(self, person: int, group: int) -> None:
        self.attempt(memberships.enter, self.person(person), self.group(group))

    @rule(
        moderator=who,
        group=which,
        person=who,
        act=st.sampled_from((memberships.accept, memberships.remove)),
    )
    def look_after(self, moderator: int, group: int, person: int, act: Any) -> None:
        self.attempt(act, self.person(moderator), self.group(group), self.person(person))

    @rule(group=which, person=who, role=st.sampled_from(ROLES))
    def give_role(self, group: int, person: int, role: Follow.Role) -> None:
        owner = self.owner(group)
        if owner is not None:
            self.attempt(memberships.give_role, owner, self.group(group), self.person(person), role)

    @rule(group=which, kind=st.sampled_from(list(Group.Kind)))
    def change_kind(self, group: int, kind: Group.Kind) -> None:
        owner, found = self.owner(group), self.group(group)
        if owner is not None:
            self.attempt(groups.edit, owner, found, GroupDraft(found.name, kind))

    @rule(alias=which, into=which, sure=st.booleans())
    def merge(self, alias: int, into: int, sure: bool) -> None:
        if sure:
            self.attempt(topics.merge, self.person(0), self.topic(alias), self.topic(into))

    def owner(self, group: int) -> Person | None:
        return Person.objects.filter(follows__stream=self.groups[group], follows__role="owner").first()

    def on_post(self, act: Any, person: int, post: int) -> None:
        found = self.post(post)
        if found is not None:
            self.attempt(act, self.person(person), found)

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> None:
        """Do something that may be refused, but by a sentence alone."""
        with suppress(KithError):
            act(*args, **kwargs)


def pick(rows: Sequence[T], index: int) -> T | None:
    return rows[index % len(rows)] if rows else None


def text(said: set[str]) -> str:
    return " ".join(["The tide turns.", *sorted(said)])
