"""The data of the follow rule decides everywhere: in querysets, in the SQL of rebuilds, in fan-out, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

import pytest

from feeds import follow_rule
from feeds.feed import Feed
from feeds.follow_rule import Concern, Condition, Flag, Route
from feeds.reading import entries
from feeds.timelines import fanout, merge
from network.actions import follows, lists, reshares
from network.models import Activity, Follow, Person, Publication
from realtime.announcing import announcements
from realtime.protocol.places import Place
from realtime.visibility import filtering, follow_flags, rights
from tests.network.conftest import ada, ben, chi, dan
from tests.support import factories
from tests.support.planting import built_anew

__all__ = ["ada", "ben", "chi", "dan"]

HOME, LIST, DIGEST = Follow.Place.HOME, Follow.Place.LIST, Follow.Place.DIGEST


@dataclass
class World:
    """What was published, by name, and the feeds of Ben, who reads it."""

    entries: dict[str, int]
    ben: Person
    list: int

    def feed(self, name: str) -> Feed:
        if name == "list":
            return Feed(self.ben, list=self.list)
        return Feed(self.ben, kind=follow_rule.PARTS.get(name, ""))

    def brought(self, name: str) -> dict[str, set[str]]:
        """What follows bring to a feed, as each of those that apply the rule says."""
        feed = self.feed(name)
        rows = entries.followed(feed).values_list("activity", flat=True)
        found = {
            "querysets": set(rows),
            "rebuilds": set(merge.followed(feed, 100)),
            "frames": set(self._live(name, feed)),
        }
        if not feed.kind:  # a part of home has no timeline
            found["fan-out"] = set(self._pushed(feed))
        names = {id: name for name, id in self.entries.items()}
        return {way: {names[id] for id in ids if id in names} for way, ids in found.items()}

    def _live(self, name: str, feed: Feed) -> Iterator[int]:
        known = rights.load([self.ben.pk])[self.ben.pk]
        activities = Activity.objects.filter(pk__in=self.entries.values()).select_related("post")
        for message in announcements.messages_of(list(activities)):
            place = Place(name, feed.list or 0)
            if message.type == "entry" and filtering.in_feed(known, place, message):
                yield message.id

    def _pushed(self, feed: Feed) -> Iterator[int]:
        for id in self.entries.values():
            rows = [
                fanout.Published(*row)
                for row in Publication.objects.filter(activity=id).values_list(*fanout.Published._fields)
            ]
            if feed.id in fanout.next_feeds([row.stream for row in rows], fanout._rule(rows), 0):
                yield id


@pytest.fixture
def world(ada: Person, ben: Person, chi: Person, dan: Person) -> World:
    """Ben has Ada at home, Chi in a list, Dan in the digest. Each posts, passes on, and comments three times."""
    own = lists.create(ben, "Friends")
    far = factories.person("far")
    for person, place in ((ada, HOME), (chi, own), (dan, DIGEST)):
        factories.follow(ben, person)
        follows.deliver(ben, person.stream, place=place)
    mine, root = factories.post(ben), factories.post(far)
    found: dict[str, int] = {}
    for person in (ada, chi, dan):
        name = person.handle
        found[f"{name} posts"] = factories.post(person).pk
        found[f"{name} passes on"] = reshares.reshare(person, root).pk
        found[f"{name} answers a stranger"] = factories.comment(person, root).pk
        found[f"{name} answers a friend"] = factories.comment(person, factories.post(ada)).pk
        found[f"{name} answers Ben"] = factories.comment(person, mine).pk
    return World(found, factories.fresh(ben), own.pk)


def acts(name: str, *acts: str) -> set[str]:
    return {f"{name} {act}" for act in acts}


ALL = ("posts", "passes on", "answers a stranger", "answers a friend", "answers Ben")
USUAL = ("posts", "passes on", "answers a friend", "answers Ben")


def assert_brought(world: World, **expected: set[str]) -> None:
    for name, wanted in expected.items():
        for way, found in world.brought(name).items():
            assert found == wanted, (name, way)


def comments(*conditions: Condition) -> dict[str, tuple[Condition, ...]]:
    return {"comment": conditions}


def some(*concerns: Concern) -> Condition:
    return Condition(Flag("comments", "some"), concerns)


@contextmanager
def planted(
    lets_in: dict[str, tuple[Condition, ...]] | None = None, routes: dict[str, Route] | None = None
) -> Iterator[None]:
    with (
        mock.patch.dict(follow_rule.LETS_IN, lets_in or {}),
        mock.patch.dict(follow_rule.ROUTES, routes or {}),
        built_anew(),
    ):
        yield


def test_all_apply_the_rule_as_it_is(world: World):
    assert_brought(
        world,
        home=acts("ada", *USUAL),
        people=acts("ada", *USUAL),
        topics=set(),
        list=acts("chi", *USUAL),
    )


@pytest.mark.parametrize(
    ("lets_in", "expected"),
    [
        ({"post": (Condition(Flag("folds", False)),)}, ("passes on", "answers a friend", "answers Ben")),
        ({"reshare": (Condition(Flag("reshares", False)),)}, ("posts", "answers a friend", "answers Ben")),
        ({"reshare": ()}, ("posts", "answers a friend", "answers Ben")),
        (comments(Condition(Flag("comments", "all"))), ("posts", "passes on")),
        (comments(Condition()), ALL),
        (comments(Condition(), some(Concern.TAKES_PART)), ALL),
        (comments(some()), ALL),
        (comments(some(Concern.TAKES_PART)), ("posts", "passes on", "answers Ben")),
        (comments(some(Concern.FOLLOWS_BOTH_SIDES)), ("posts", "passes on", "answers a friend")),
        (comments(Condition(None, (Concern.TAKES_PART,))), ("posts", "passes on", "answers Ben")),
    ],
)
def test_all_follow_a_change_of_what_is_let_in(
    world: World, lets_in: dict[str, tuple[Condition, ...]], expected: tuple[str, ...]
):
    with planted(lets_in):
        assert_brought(world, home=acts("ada", *expected), list=acts("chi", *expected))


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ({"home": Route(DIGEST, "follower")}, {"home": acts("dan", *USUAL)}),
        ({"home": Route(HOME, "follower", "topic")}, {"home": set(), "people": acts("ada", *USUAL)}),
        ({"person": Route(HOME, "follower", "topic")}, {"people": set(), "home": acts("ada", *USUAL)}),
        ({"topic": Route(DIGEST, "follower", "person")}, {"topics": acts("dan", *USUAL)}),
    ],
)
def test_all_follow_a_change_of_where_follows_lead(
    world: World, routes: dict[str, Route], expected: dict[str, set[str]]
):
    with planted(routes=routes):
        for name, wanted in expected.items():
            found = world.brought(name)
            found.pop("fan-out", None)
            assert set(map(frozenset, found.values())) == {frozenset(wanted)}, (name, found)


def test_fan_out_pushes_to_the_timeline_that_a_route_names(world: World):
    with planted(
        routes={"home": Route(DIGEST, "follower"), **dict.fromkeys(PARTS, Route(DIGEST, "follower"))}
    ):
        assert world.brought("home")["fan-out"] == acts("dan", *USUAL)
        assert world.brought("list")["fan-out"] == acts("chi", *USUAL)


PARTS = tuple(follow_rule.PARTS.values())


def test_a_streams_own_bits_differ(world: World):
    numbers = follow_flags.bits().values()
    assert len(set(numbers)) == len(numbers)
    assert all(bit & (bit - 1) == 0 for bit in numbers), "each is one bit"
    assert max(numbers) < 2**16, "what rights.FLAGS holds"
