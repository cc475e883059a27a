"""Open pages that lose their connection and return, and a log of everything that they receive."""

from __future__ import annotations

import random
import re
import time
from array import array
from collections.abc import Iterator
from itertools import cycle, islice

from bench.support import crowds, filling
from bench.support.history import Place
from bench.support.judge import ENTRY, LOST, MORE, OPENED, OTHER, READY, Event
from bench.support.sockets import Socket, watch
from network.actions import memberships
from network.models import Follow, Group, Person, PostTopic, Topic
from samples.simulation.intents import TOPICS

FRAME = re.compile(rb'\{"v":1,"type":"(\w+)","(?:id|since)":"(\d+)"')
THREAD = re.compile(rb'"thread":"(\d+)"')
WHAT = {b"entry": ENTRY, b"comment": ENTRY, b"gone": OTHER, b"changed": OTHER, b"ready": READY, b"more": MORE}

# Of ten pages. Topics are chosen by 1/rank, and at least every fifth post is in the first one. So the pages
# of the first topics, and the homes of people who follow them, get thousands of frames a second.
HOMES, IN_TOPICS = 4, 5
FOLLOWED = 5  # topics that everybody with an open home follows


class Log:
    """Pages and their events, in order of time."""

    def __init__(self) -> None:
        self.began = time.time()
        self.pages: list[tuple[int, Place]] = []
        self.newest_thread = 0
        self._page, self._what, self._id, self._at = array("I"), array("B"), array("q"), array("I")

    def open(self, person: int, place: Place) -> int:
        """Add a page. Returns its number."""
        self.pages.append((person, place))
        return len(self.pages) - 1

    def add(self, page: int, what: int, id: int = 0) -> None:
        self._page.append(page)
        self._what.append(what)
        self._id.append(id)
        self._at.append(int((time.time() - self.began) * 1000) + 1)  # rounded up: not before it happened

    def __iter__(self) -> Iterator[Event]:
        for page, what, id, at in zip(self._page, self._what, self._id, self._at, strict=True):
            yield page, what, id, self.began + at / 1000


class LivePage(Socket):
    """A page of a person. A page of a thread often shows another thread after it returned."""

    __slots__ = ("is_ready", "key", "log", "newest", "page", "person", "place")

    def __init__(self, port: int, key: str, log: Log, person: int, place: Place) -> None:
        super().__init__(port, key)
        self.key, self.log, self.person, self.is_ready = key, log, person, False
        self.show(place)

    def show(self, place: Place) -> None:
        self.place, self.newest = place, crowds.now()
        self.page = self.log.open(self.person, place)

    def opened(self) -> bytes:
        self.log.add(self.page, OPENED)
        kind, of = self.place
        return watch(self.newest, place=f"{kind}:{of}" if of else kind)

    def hear(self, text: bytes) -> None:
        found = FRAME.match(text)
        if found is None or (what := WHAT.get(found[1])) is None:
            return
        id = int(found[2])
        self.newest = max(self.newest, id)
        self.log.add(self.page, what, id)
        if what in (READY, MORE):
            self.is_ready = True
        elif self.place[0] == "topic" and (thread := THREAD.search(text)):
            self.log.newest_thread = int(thread[1])

    def lost(self) -> None:
        self.is_ready = False
        self.log.add(self.page, LOST)
        if self.place[0] == "thread" and self.log.newest_thread and random.random() < 0.5:
            self.show(("thread", self.log.newest_thread))


def gather(number: int, chance: random.Random) -> list[int]:
    """Choose people of a network without acts, and give each blocks and mutes."""
    everybody = sorted(Person.objects.values_list("pk", flat=True))
    people = chance.sample(everybody, number)
    crowds.hide(people, everybody, chance)
    return people


def choose(people: list[int], chance: random.Random) -> list[tuple[int, Place]]:
    """The place that each person watches.

    A person who watches home follows the first topics; one who watches a group is a member.
    """
    number = len(people)
    ids = dict(Topic.objects.values_list("name", "pk"))
    topics = [ids[name] for name in TOPICS if name in ids]
    homes, in_topics = number * HOMES // 10, number * IN_TOPICS // 10
    _follow(people[:homes], topics[:FOLLOWED])
    chosen = chance.choices(topics, [1 / rank for rank in range(1, len(topics) + 1)], k=in_topics)
    places = [("home", 0)] * homes + [("topic", topic) for topic in chosen]
    groups = list(Group.objects.order_by("pk").select_related("stream"))
    threads = list(PostTopic.objects.order_by("-post").values_list("post", flat=True)[:20])
    members = people[len(places) :][: (number - len(places)) // 2]
    for person, group in zip(members, cycle(groups)):
        memberships.enter(Person.objects.get(pk=person), group)
        places.append(("group", group.pk))
    places += islice(cycle([("thread", thread) for thread in threads]), number - len(places))
    return list(zip(people, places, strict=True))


def _follow(people: list[int], topics: list[int]) -> None:
    known = set(Follow.objects.filter(stream__in=topics).values_list("follower", "stream"))
    filling.follows((p, topic) for p in people for topic in topics if (p, topic) not in known)
