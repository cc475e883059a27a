"""What pages missed: read from the database, and told by the same messages and the same rule as live.

After a restart thousands come back at once, so they are answered together: what any of them may have missed
is read once, and given to each by its rights, in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from feeds.models import Notification
from feeds.notifications import grouping
from network import ids
from network.models import Activity, Person, Post, Publication
from network.queries.compiled import fetch
from network.queries.parameters import Parameter, ParameterList
from realtime.announcing import announcements
from realtime.protocol.messages import Message
from realtime.protocol.places import FEEDS, STREAMS, Place
from realtime.visibility.filtering import goes_to, receives
from realtime.visibility.rights import Rights

# What is older than an id by less than this may have been heard of after it: ids are drawn before they are
# committed, and what a process took on and died with is announced when its lease is over and the sweeper
# comes round (45 s).
OVERLAP = timedelta(seconds=60)
# What the database told already may be announced only then: for so long it is remembered as told.
ANNOUNCED_WITHIN = timedelta(seconds=10)
# Where more than this is new, it is not replayed: the page is told that there is more, and is loaded again.
# Of the overlap, which it most likely knows, it is told the newest: else no page of a busy place would do.
MOST_FRAMES = 100
MOST_BYTES = 32 * 1024
CANDIDATES = 300  # for one page
IN_A_PART = 120  # of them are read; most pages have room for no more
AT_ONCE = 3000  # rows that are read for several pages; where there are more, they are answered in halves

Hearers = defaultdict[int, list[int]]  # by the stream, person or thread: the places of the pages concerned


@dataclass(frozen=True)
class ReplayRequest:
    """What a page shows, whose it is, and the id from which on it wants to know."""

    rights: Rights
    place: Place
    threads: frozenset[int]
    since: int

    @property
    def floor(self) -> int:
        return earlier(self.since, OVERLAP)

    def streams(self) -> Iterator[int]:
        """The streams whose publications stand in the place."""
        if self.place.kind in STREAMS:
            yield self.place.id
        elif self.place.kind in FEEDS:
            yield from goes_to(self.rights, self.place)

    def shown(self) -> frozenset[int]:
        """The threads of which counters, edits, removals or comments are told."""
        return self.threads | {self.place.id} if self.place.kind == "thread" else self.threads


@dataclass(frozen=True)
class Replay:
    """Frames in the order of their ids, and posts of the threads in view whose counters may have moved.

    `more` where there were too many frames, and then there are none. `announced_yet` are the frames of what
    may not have been announced before it was read.
    """

    frames: list[str] = field(default_factory=list)
    unannounced: frozenset[str] = frozenset()
    counted: set[int] = field(default_factory=set)
    more: bool = False


def load_replays(pages: Sequence[ReplayRequest]) -> list[Replay]:
    """What happened in the places and the threads that pages show, for each since its id.

    Eleven queries at most, and one for each card of a comment, however many ask, unless very much happened.
    """
    found: list[set[int]] = [set() for _ in pages]
    moved: list[set[int]] = [set() for _ in pages]
    for rows, hearers in _sources(pages):
        if len(rows) > AT_ONCE:
            half = len(pages) // 2
            return [*load_replays(pages[:half]), *load_replays(pages[half:])] if half else [Replay(more=True)]
        for activity, by, *posts in rows:
            for page in hearers[by]:
                if activity > pages[page].floor:
                    found[page].add(activity)
                    moved[page].update(post for post in posts if post is not None)
    newest = [_newest(page, here) for page, here in zip(pages, found, strict=True)]
    told = ActivityMessages({page.place.id for page in pages if page.place.kind == "thread"})
    told.read(id for here in newest if here is not None for id in here[:IN_A_PART])
    answers = (_missed(page, here, told) for page, here in zip(pages, newest, strict=True))
    return [replace(answer, counted=posts) for answer, posts in zip(answers, moved, strict=True)]


def _newest(page: ReplayRequest, activities: set[int]) -> list[int] | None:
    """As many of some activities as are looked at, the newest first; None where even more are new."""
    ordered = sorted(activities, reverse=True)
    too_many = len(ordered) > CANDIDATES and ordered[CANDIDATES] > page.since
    return None if too_many else ordered[:CANDIDATES]


def _missed(page: ReplayRequest, activities: list[int] | None, told: ActivityMessages) -> Replay:
    if activities is None:
        return Replay(more=True)
    recent = earlier(ids.now(), ANNOUNCED_WITHIN)
    frames: list[str] = []
    unannounced: set[str] = set()
    size = 0
    for message in told.backwards(activities):
        if receives(page.rights, page.place, message):
            size += len(message.frame)
            if len(frames) < MOST_FRAMES and size <= MOST_BYTES:
                frames.append(message.frame)
                if message.id > recent:
                    unannounced.add(message.frame)
            elif message.id > page.since:
                return Replay(more=True)
            else:
                break
    return Replay(frames[::-1], frozenset(unannounced))


class ActivityMessages:
    """What activities say, each read once for all pages. Comments are cards in threads that are `shown`."""

    def __init__(self, shown: set[int]) -> None:
        self.shown = shown
        self._said: dict[int, list[Message]] = {}

    def read(self, activities: Iterable[int]) -> None:
        new = set(activities) - self._said.keys()
        if new:
            self._said |= {id: [] for id in new}
            for message in announcements.of(_activities(new), shown=self.shown):
                self._said[message.id].append(message)

    def backwards(self, activities: Sequence[int]) -> Iterator[Message]:
        """The messages of activities in this order, each's last first; read in parts, as far as wanted."""
        for start in range(0, len(activities), IN_A_PART):
            part = activities[start : start + IN_A_PART]
            self.read(part)
            for id in part:
                yield from reversed(self._said[id])


def _activities(ids: set[int]) -> list[Activity]:
    rows = Activity.objects.filter(pk__in=ids).order_by("pk").select_related("post")
    return list(rows.only("type", "actor", "post__parent"))


def earlier(id: int, by: timedelta) -> int:
    """The id of a moment as long before that of an id."""
    return max(0, id - (int(by.total_seconds() * 1000) << ids.CHANCE_BITS))


def _sources(pages: Sequence[ReplayRequest]) -> Iterator[tuple[list[tuple[Any, ...]], Hearers]]:
    """The ways in which activities reach pages: each activity with what it came by, and who hears that.

    Where that is a thread, followed by the posts whose counters it may have moved.
    """
    streams, actors, threads, addressed = (Hearers(list) for _ in range(4))
    for place, page in enumerate(pages):
        for stream in page.streams():
            streams[stream].append(place)
        for thread in page.shown():
            threads[thread].append(place)
        if (person := page.rights.person) is not None and page.place.kind in ("home", "messages"):
            (actors if page.place.kind == "home" else addressed)[person].append(place)
    floor = min(page.floor for page in pages)
    ways = ((_published, streams), (_done, actors), (_about, threads), (_sent, addressed), (_got, addressed))
    for build, hearers in ways:
        if hearers:
            yield fetch(build, floor=floor, by=list(hearers)), hearers


def _published() -> QuerySet[Publication, Any]:
    rows = Publication.objects.filter(activity__gt=Parameter("floor"), stream__in=ParameterList("by"))
    return rows.values_list("activity", "stream")[: AT_ONCE + 1]


def _done() -> QuerySet[Publication, Any]:
    rows = Publication.objects.filter(activity__gt=Parameter("floor"), actor__in=ParameterList("by"))
    return rows.values_list("activity", "actor")[: AT_ONCE + 1]


def _about() -> QuerySet[Activity, Any]:
    rows = Activity.objects.filter(pk__gt=Parameter("floor"), post__thread__in=ParameterList("by"))
    told = rows.filter(type__in=[*announcements.ABOUT_POSTS, Activity.Type.UNDO])
    return told.values_list("pk", "post__thread", "post__thread", "post", "post__parent")[: AT_ONCE + 1]


def _sent() -> QuerySet[Activity, Any]:
    """What happened in threads between people, by who began them."""
    rows = _between().filter(post__thread__author__in=ParameterList("by"))
    return rows.values_list("pk", "post__thread__author")[: AT_ONCE + 1]


def _got() -> QuerySet[Activity, Any]:
    """What happened in threads between people, by whom they are addressed to."""
    rows = _between().filter(post__thread__addressees__person__in=ParameterList("by"))
    return rows.values_list("pk", "post__thread__addressees__person")[: AT_ONCE + 1]


def _between() -> QuerySet[Activity]:
    return Activity.objects.filter(
        pk__gt=Parameter("floor"),
        post__thread__audience=Post.Audience.DIRECT,
        type__in=list(announcements.ABOUT_POSTS),
    )


def count_unread(people: Iterable[int | None]) -> dict[int, int]:
    """How many notices each person has not seen. Two queries, and one for each person who has any."""
    wanted = set(people)
    new = set(Notification.objects.filter(person__in=wanted, read_at=None).values_list("person", flat=True))
    return {
        person.pk: grouping.unread(person) if person.pk in new else 0
        for person in Person.objects.filter(pk__in=wanted)
    }
