"""A state machine of feeds: people act, while workers and Redis are late, fail, or run twice.

Without pending deliveries every page equals the oracle's page. With pending deliveries a home may lack their entries,
but it has all activities of its person, and it never has a wrong entry. Timelines in Redis are compared too, so that
the test fails where feeds are read from the database alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

import redis
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from feeds.delivery import outbox
from feeds.feed import Feed
from feeds.reading import cards, folding, home, streams
from feeds.reading.reasons import reasons
from feeds.timelines import fanout, shards, store
from network.actions import posts
from network.actions.drafts import Draft
from network.models import Activity, Delivery, Follow, Person
from network.queries import discussions, messages
from network.queries import people as people_queries
from network.queries.showing import Muted
from network.queries.showing import Shown as ShownPost
from tests import oracle
from tests.oracle import World
from tests.oracle.cards import Inside, answered, quoted
from tests.oracle.feeds import HOME, Which, belongs, brought_by
from tests.oracle.feeds import Feed as Shown
from tests.state_machines import ActionMachine, back, pick, who
from tests.support.feeds.turning import PAGE, read_thread, turn_pages, walk
from tests.support.servers import OwnValkey

KEPT, MOST = 5, 8

chance = st.randoms(use_true_random=False)


class HomeMachine(ActionMachine):
    """People act while their feeds are read."""

    valkey: OwnValkey

    def settle(self) -> None:
        self.valkey.flush()
        self.valkey.snapshot.unlink(missing_ok=True)
        super().settle()
        for said in ({"#tides"}, {"#moon"}):
            self.publish_several(authors=[(author, 0) for author in range(5)], post=0, said=said)
        self.deliver_pending()
        self.homes_are_right(World(), range(5))

    @rule(order=chance, share=st.sampled_from((0.3, 0.7, 1.0)))
    def work(self, order: random.Random, share: float) -> None:
        """A worker does some of the pending deliveries, in any order."""
        waiting = list(self.pending())
        order.shuffle(waiting)
        for delivery in waiting[: round(len(waiting) * share)]:
            outbox.deliver([delivery])

    @rule(activity=back)
    def work_again(self, activity: int) -> None:
        """A worker whose lease expired does a delivery that was done long ago."""
        done = pick(list(Activity.objects.order_by("-pk")), activity)
        if done is not None and fanout.needs_delivery(done):
            fanout.deliver(done, 0)

    @rule(delivery=back, calls=st.integers(0, 2))
    def work_in_part(self, delivery: int, calls: int) -> None:
        """A worker loses Redis in the middle of a delivery."""
        found = pick(list(self.pending()), delivery)
        if found is not None:
            with losing_redis_after(calls):
                outbox.deliver([found])

    @rule(person=who)
    def read(self, person: int) -> None:
        self.homes_are_right(World(), [person])

    @rule(person=who, feed=back, others=st.lists(st.tuples(who, back), max_size=4), work=st.booleans())
    def page_while_others_write(
        self, person: int, feed: int, others: list[tuple[int, int]], work: bool
    ) -> None:
        """Later pages show the feed as it was when the first one was read."""
        self.deliver_pending()
        world = World()
        found = pick(list(feeds_of(world, self.person(person))), feed)
        assert found is not None
        expected = oracle.feed(world, self.people[person], found[1])

        def meanwhile() -> None:
            for author, post in others:
                if author != person:
                    self.say(author, post)
            if work:
                self.deliver_pending()

        assert walk(lambda cursor: home.slots_of(found[0], cursor, PAGE), meanwhile) == expected

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

    def pending(self) -> Any:
        due = Delivery.objects.filter(kind="timelines").order_by("pk")
        return due.select_related("activity__post", "activity__actor")

    def deliver_pending(self) -> None:
        self.pending().update(leased_until=None)
        while waiting := list(self.pending()):
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
            self.deliver_pending()
            self.homes_are_right(World(), range(5))
            for turn in range(3):
                self.pages_are_right(world, turn)
        finally:
            with mock.patch.object(self, "check"):
                super().teardown()

    def homes_are_right(self, world: World, people: Any) -> None:
        found = oracle.entries(world)
        served, is_pending = oracle.pending(world, found)
        for feed, which in (one for index in people for one in feeds_of(world, self.person(index))):
            shown = walk(lambda cursor, feed=feed: home.slots_of(feed, cursor, PAGE))
            if is_pending:
                must_lack_only_pending(world, feed.person.pk, which, shown, found, served)
            else:
                assert shown == oracle.feed(world, feed.person.pk, which, found), feed
                must_be_folded(world, feed, which, found)
            must_be_stored(world, feed, served)
            must_have_reasons(world, feed, which, shown[:PAGE])
            must_show_inside(world, feed)

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


def feeds_of(world: World, person: Person) -> Iterator[tuple[Feed, Which]]:
    """The home of a person, one of its parts, and all lists, each with its name in the oracle."""
    yield Feed(person), HOME
    kind = ("person", "topic", "group")[len(world.posts) % 3]
    yield Feed(person, kind=kind), kind
    for own in world.lists:
        if own.owner_id == person.pk:
            yield Feed(person, list=own.pk), own.pk


def must_lack_only_pending(
    world: World, viewer: int, which: Which, shown: Shown, found: list, served: list
) -> None:
    """With pending deliveries: no entry is wrong or twice, and only pending ones are missing."""
    right = {(entry.id, entry.thread) for entry in found if belongs(world, viewer, entry, which)}
    assert set(shown) <= right, "a wrong entry"
    assert shown == newest_first(shown), "out of order, or a thread twice"
    own = [entry for entry in found if entry.actor == viewer] if which == HOME else []
    newest = {thread: id for id, thread in shown}
    for among, complaint in ((own, "one's own is missing"), (served, "what was delivered is missing")):
        for id, thread in oracle.feed(world, viewer, which, among):
            assert newest.get(thread, 0) >= id, complaint


def newest_first(shown: Shown) -> Shown:
    once = {thread: id for id, thread in reversed(shown)}
    return sorted(((id, thread) for thread, id in once.items()), reverse=True)


def must_be_stored(world: World, feed: Feed, served: list) -> None:
    """Redis has the timeline of a feed that was read, with all delivered entries above its floor."""
    timeline = store.read(feed.id, feed.person.generation)
    assert timeline is not None, "the feed was not read from Redis"
    needed = {
        entry.id
        for entry in served
        for stream in brought_by(world, feed.person.pk, entry, feed.list or HOME)
        if entry.id >= world.streams[stream].pushed_from
    }
    assert {id for id in needed if id > timeline.floor} <= set(timeline.ids), "a timeline has a hole"
    assert shards.client().llen(store.key(feed.id)) <= MOST + 2


def must_be_folded(world: World, feed: Feed, which: Which, found: list) -> None:
    """Cards and folds of all pages equal the oracle's."""
    pages, cursor = [], None
    while True:
        page = folding.page(feed, cursor, PAGE)
        folds = {stream: [entry.id for entry in folded] for stream, folded in page.folds.items()}
        pages.append(([entry.id for entry in page.slots.entries], folds))
        cursor = page.slots.older
        if cursor is None:
            break
    shown = [page for page in pages if page[0]]
    assert shown == oracle.folded_pages(world, feed.person.pk, which, found, PAGE), feed


def must_have_reasons(world: World, feed: Feed, which: Which, shown: Shown) -> None:
    """The reasons of the cards of a page equal the oracle's."""
    upto = max((id for id, _thread in shown), default=0)
    by_thread = reasons(feed, [thread for _id, thread in shown], upto)
    for _id, thread in shown:
        ways = {(str(reason.why), reason.what.pk) for reason in by_thread.get(thread, ())}
        assert ways == oracle.reasons(world, feed.person.pk, thread, upto, which), (feed, thread)


def must_show_inside(world: World, feed: Feed) -> None:
    """Quoted and answered posts are shown, muted or gone, as in the oracle."""
    viewer = feed.person.pk
    for card in cards.of_feed(feed).cards:
        post = card.shown.post.pk
        assert inside(card.shown.parent, None) == (answered(world, viewer, post) or "gone"), (feed, post)
        assert quotes(card.shown) == quoted(world, viewer, post), (feed, post)


def quotes(shown: ShownPost) -> Inside:
    if shown.post.quotes_id is None:
        return None
    if shown.is_cut:
        return "cut"
    return inside(shown.quoted, quotes)


def inside(part: Any, of: Callable[[Any], Inside] | None) -> Inside:
    if part is None:
        return "gone"
    if isinstance(part, Muted):
        return "muted"
    post = getattr(part, "post", part)
    return post.pk, of(part) if of is not None else None


@contextmanager
def losing_redis_after(calls: int) -> Iterator[None]:
    push, left = store.push, [calls]

    def fail(*args: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise redis.ConnectionError("lost midway")
        push(*args)

    with mock.patch.object(store, "push", fail):
        yield
