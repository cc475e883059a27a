"""Whatever people do, and however late, doubled or broken the worker and Redis are: feeds are as they must be.

With nothing owed, every page equals the oracle's. While something is owed a home may lack just that: it never
holds what it must not, and never lacks its person's own words. What is stored is compared too, so that a
feed that quietly never used Redis would not pass.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

import redis
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from feeds import fanout, home, outbox, streams, timelines
from feeds.reasons import reasons
from network.actions import posts, reshares
from network.actions.drafts import Draft
from network.models import Activity, Delivery, Follow, Person
from network.queries import discussions, messages
from network.queries import people as people_queries
from tests import oracle
from tests.acting import Acting, back, pick, text, who, words
from tests.feeds.turning import PAGE, read_thread, turn_pages, walk
from tests.oracle import World
from tests.oracle.feeds import Feed, belongs, brought_by
from tests.servers import OwnValkey

KEPT, MOST = 5, 8

chance = st.randoms(use_true_random=False)


class Homes(Acting):
    """The same people, with feeds that are read while all this happens."""

    valkey: OwnValkey

    def settle(self) -> None:
        self.valkey.flush()
        self.valkey.snapshot.unlink(missing_ok=True)
        super().settle()
        for said in ({"#tides"}, {"#moon"}):
            self.talk(authors=[(author, 0) for author in range(5)], post=0, said=said)
        self.do_all_that_is_owed()
        self.homes_are_right(World(), range(5))

    @rule(authors=st.lists(st.tuples(who, st.integers(0, 2)), min_size=3, max_size=8), post=back, said=words)
    def talk(self, authors: list[tuple[int, int]], post: int, said: set[str]) -> None:
        """Several people say something at once, so that there are pages to turn."""
        for author, kind in authors:
            parent = self.post(post)
            if kind == 0 or parent is None:
                self.attempt(posts.publish, self.person(author), Draft(text(said)))
            elif kind == 1:
                self.attempt(posts.publish, self.person(author), Draft(text(said), parent=parent))
            else:
                self.attempt(reshares.reshare, self.person(author), parent)

    @rule(order=chance, share=st.sampled_from((0.3, 0.7, 1.0)))
    def work(self, order: random.Random, share: float) -> None:
        """A worker does some of what is owed, in any order."""
        waiting = list(self.owed())
        order.shuffle(waiting)
        for delivery in waiting[: round(len(waiting) * share)]:
            outbox.deliver([delivery])

    @rule(activity=back)
    def work_again(self, activity: int) -> None:
        """A worker that was thought dead does what was done long ago."""
        done = pick(list(Activity.objects.order_by("-pk")), activity)
        if done is not None and fanout.is_owed(done):
            fanout.deliver(done, 0)

    @rule(delivery=back, calls=st.integers(0, 2))
    def work_in_part(self, delivery: int, calls: int) -> None:
        """A worker loses Redis midway; its lease runs out later."""
        found = pick(list(self.owed()), delivery)
        if found is not None:
            with losing_redis_after(calls):
                outbox.deliver([found])

    @rule(person=who)
    def read(self, person: int) -> None:
        self.homes_are_right(World(), [person])

    @rule(person=who, others=st.lists(st.tuples(who, back), max_size=4), work=st.booleans())
    def page_while_others_write(self, person: int, others: list[tuple[int, int]], work: bool) -> None:
        """All pages are the home as it was when the first one was read."""
        self.do_all_that_is_owed()
        expected = oracle.home(World(), self.people[person])

        def meanwhile() -> None:
            for author, post in others:
                if author != person:
                    self.say(author, post)
            if work:
                self.do_all_that_is_owed()

        assert walk(lambda cursor: home.slots(self.person(person), cursor, PAGE), meanwhile) == expected

    def say(self, author: int, post: int) -> None:
        parent = self.post(post)
        if parent is not None:
            self.attempt(posts.publish, self.person(author), Draft("Meanwhile.", parent=parent))

    @rule()
    def flush_redis(self) -> None:
        self.valkey.flush()

    @rule()
    def keep_a_snapshot(self) -> None:
        self.valkey.keep()

    @precondition(lambda self: self.valkey.snapshot.exists())
    @rule()
    def restore_the_snapshot(self) -> None:
        self.valkey.restore()

    def owed(self) -> Any:
        due = Delivery.objects.filter(kind="timelines").order_by("pk")
        return due.select_related("activity__post", "activity__actor")

    def do_all_that_is_owed(self) -> None:
        self.owed().update(leased_until=None)
        while waiting := list(self.owed()):
            for delivery in waiting:
                assert outbox.deliver([delivery])

    def check(self) -> None:
        world = World()
        turn = self.steps // 5
        self.homes_are_right(world, [turn % 5, (turn + 1) % 5])
        self.pages_are_right(world, turn)

    def teardown(self) -> None:
        try:
            world = World()
            self.homes_are_right(world, range(5))
            self.do_all_that_is_owed()
            self.homes_are_right(World(), range(5))
            for turn in range(3):
                self.pages_are_right(world, turn)
        finally:
            with mock.patch.object(self, "check"):
                super().teardown()

    def homes_are_right(self, world: World, people: Any) -> None:
        found = oracle.entries(world)
        served, anything_owed = oracle.owed(world, found)
        for index in people:
            person = self.person(index)
            shown = walk(lambda cursor, person=person: home.slots(person, cursor, PAGE))
            if anything_owed:
                must_be_fair(world, person.pk, shown, found, served)
            else:
                assert shown == oracle.home(world, person.pk, found), person
            must_be_stored(world, person, served)
            must_be_told_why(world, person, shown[:PAGE])

    def pages_are_right(self, world: World, turn: int) -> None:
        viewer = None if turn % 6 == 5 else self.person(turn % 6)
        me = viewer and viewer.pk
        topic = self.topic(turn % 3)
        shown = walk(partial(streams.slots, viewer, topic.stream))
        assert shown == oracle.topic_page(world, me, topic.pk), (viewer, topic)
        for person in people_queries.visible_to(viewer).filter(pk=self.people[(turn + 2) % 5]):
            shown = walk(partial(streams.slots, viewer, person.stream))
            assert shown == oracle.person_page(world, me, person.pk), (viewer, person)
        group = self.group(turn % 3)
        membership = viewer and Follow.objects.filter(follower=viewer, stream=group.pk).first()
        rows = turn_pages(lambda at: discussions.find_page(viewer, group, membership, at))
        listed = [row.shown.post.pk for page in rows for row in page.rows]
        assert listed == oracle.discussions(world, me, group.pk), (viewer, group)
        if viewer is not None:
            mail = turn_pages(partial(messages.find_page, viewer))
            listed = [message.shown.post.pk for page in mail for message in page.messages]
            assert listed == oracle.messages(world, viewer.pk), viewer
        for root in [post.pk for post in world.posts.values() if post.parent_id is None][turn % 2 :: 2]:
            assert read_thread(viewer, root) == oracle.thread(world, me, root), (viewer, root)


def must_be_fair(world: World, viewer: int, shown: Feed, found: list, served: list) -> None:
    """While something is owed: nothing wrong, nothing twice, nothing missing but what is owed."""
    right = {(entry.id, entry.thread) for entry in found if belongs(world, viewer, entry)}
    assert set(shown) <= right, "a wrong entry"
    assert shown == newest_first(shown), "out of order, or a thread twice"
    own = [entry for entry in found if entry.actor == viewer]
    newest = {thread: id for id, thread in shown}
    for among, complaint in ((own, "one's own is missing"), (served, "what was delivered is missing")):
        for id, thread in oracle.home(world, viewer, among):
            assert newest.get(thread, 0) >= id, complaint


def newest_first(shown: Feed) -> Feed:
    once = {thread: id for id, thread in reversed(shown)}
    return sorted(((id, thread) for thread, id in once.items()), reverse=True)


def must_be_stored(world: World, person: Person, served: list) -> None:
    """Redis has a timeline for who just read their home, with all that was delivered above its floor."""
    timeline = timelines.read(person.pk, person.generation)
    assert timeline is not None, "the home was not read from Redis"
    needed = {
        entry.id
        for entry in served
        for stream in brought_by(world, person.pk, entry)
        if entry.id >= world.streams[stream].pushed_from
    }
    assert {id for id in needed if id > timeline.floor} <= set(timeline.ids), "a timeline has a hole"
    assert timelines.client().llen(timelines.key(person.pk)) <= MOST + 2


def must_be_told_why(world: World, person: Person, shown: Feed) -> None:
    """The cards of a page say every way by which they came, and no other."""
    upto = max((id for id, _thread in shown), default=0)
    told = reasons(person, [thread for _id, thread in shown], upto)
    for _id, thread in shown:
        ways = {(str(reason.why), reason.what.pk) for reason in told.get(thread, ())}
        assert ways == oracle.reasons(world, person.pk, thread, upto), (person, thread)


@contextmanager
def losing_redis_after(calls: int) -> Iterator[None]:
    push, left = timelines.push, [calls]

    def fail(*args: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise redis.ConnectionError("lost midway")
        push(*args)

    with mock.patch.object(timelines, "push", fail):
        yield
