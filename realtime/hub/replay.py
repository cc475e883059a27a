"""Replay what pages missed, with the messages and the rule that also serve live pages.

After a restart thousands of pages come back at once. They are answered together: what any of them may have
missed is read once, and given to each page by its rights in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from network import ids
from network.models import Activity, Post, Publication
from network.queries.compiled import fetch
from network.queries.parameters import Parameter, ParameterList
from realtime.announcing import announcements
from realtime.limits import LIMITS, Limits
from realtime.protocol.messages import Message
from realtime.protocol.places import FEEDS, STREAMS, Place
from realtime.visibility.filtering import goes_to, receives
from realtime.visibility.rights import Rights

MOST_ROWS = 3000  # that are read for several requests together

Askers = defaultdict[int, list[int]]  # by stream, person or thread: the numbers of the requests concerned


@dataclass(frozen=True)
class ReplayRequest:
    """A page that wants what it missed: its rights, what it shows, and the id from which on it wants more."""

    rights: Rights
    place: Place
    threads: frozenset[int]
    since: int

    def streams(self) -> Iterator[int]:
        """The streams whose publications appear at the place."""
        if self.place.kind in STREAMS:
            yield self.place.id
        elif self.place.kind in FEEDS:
            yield from goes_to(self.rights, self.place)

    def shown(self) -> frozenset[int]:
        """The threads whose counters, edits, removals or comments the page shows."""
        return self.threads | {self.place.id} if self.place.kind == "thread" else self.threads


@dataclass(frozen=True)
class Replay:
    """Frames in the order of their ids, and the posts in view whose counters may have changed.

    `more` says that there were too many frames; then there are none. `unannounced` are the frames of
    activities so new that they may be announced after they were read.
    """

    frames: list[str] = field(default_factory=list)
    unannounced: frozenset[str] = frozenset()
    counted: set[int] = field(default_factory=set)
    more: bool = False


def load_replays(requests: Sequence[ReplayRequest], limits: Limits = LIMITS) -> list[Replay]:
    """The replay for each request.

    Eleven queries at most, and one for each card of a comment, for any number of requests. Where more than
    MOST_ROWS rows are found, each half of the requests is answered alone.
    """
    found: list[set[int]] = [set() for _ in requests]
    counted: list[set[int]] = [set() for _ in requests]
    floors = [earlier(request.since, limits.overlap) for request in requests]
    for rows, askers in _candidates(requests, min(floors)):
        if len(rows) > MOST_ROWS:
            return _load_in_halves(requests, limits)
        for activity, by, *posts in rows:
            for number in askers[by]:
                if activity > floors[number]:
                    found[number].add(activity)
                    counted[number].update(post for post in posts if post is not None)
    newest = [_newest(*pair, limits) for pair in zip(requests, found, strict=True)]
    threads = {request.place.id for request in requests if request.place.kind == "thread"}
    messages = ActivityMessages(threads, limits.read_at_once)
    messages.load(id for few in newest if few is not None for id in few[: limits.read_at_once])
    replays = (_replay(*pair, messages, limits) for pair in zip(requests, newest, strict=True))
    return [replace(replay, counted=posts) for replay, posts in zip(replays, counted, strict=True)]


def _load_in_halves(requests: Sequence[ReplayRequest], limits: Limits) -> list[Replay]:
    half = len(requests) // 2
    if not half:
        return [Replay(more=True)]
    return [*load_replays(requests[:half], limits), *load_replays(requests[half:], limits)]


def _newest(request: ReplayRequest, activities: set[int], limits: Limits) -> list[int] | None:
    """The newest candidates, newest first; None where more of them are new to the page than may be read."""
    ordered = sorted(activities, reverse=True)
    most = limits.candidates
    too_many = len(ordered) > most and ordered[most] > request.since
    return None if too_many else ordered[:most]


def _replay(
    request: ReplayRequest, activities: list[int] | None, messages: ActivityMessages, limits: Limits
) -> Replay:
    """The frames that a page may see, as far as the limits allow.

    What is older than `since` is overlap that the page probably knows: of it the newest frames are taken, and
    it is never too much.
    """
    if activities is None:
        return Replay(more=True)
    recent = earlier(ids.now(), limits.announced_within)
    frames: list[str] = []
    unannounced: set[str] = set()
    size = 0
    for message in messages.backwards(activities):
        if receives(request.rights, request.place, message):
            size += len(message.frame)
            if len(frames) < limits.replayed_frames and size <= limits.replayed_bytes:
                frames.append(message.frame)
                if message.id > recent:
                    unannounced.add(message.frame)
            elif message.id > request.since:
                return Replay(more=True)
            else:
                break
    return Replay(frames[::-1], frozenset(unannounced))


class ActivityMessages:
    """The messages of activities. Each activity is read once for all requests.

    Comments get a card in the threads that are `shown`. `part` is how many activities are read at once.
    """

    def __init__(self, shown: set[int], part: int) -> None:
        self.shown = shown
        self.part = part
        self._messages: dict[int, list[Message]] = {}

    def load(self, activities: Iterable[int]) -> None:
        new = set(activities) - self._messages.keys()
        if new:
            self._messages |= {id: [] for id in new}
            for message in announcements.messages_of(_activities(new), shown=self.shown):
                self._messages[message.id].append(message)

    def backwards(self, activities: Sequence[int]) -> Iterator[Message]:
        """The messages of activities in this order, the last message of each first. Reads on demand."""
        for start in range(0, len(activities), self.part):
            part = activities[start : start + self.part]
            self.load(part)
            for id in part:
                yield from reversed(self._messages[id])


def _activities(ids: set[int]) -> list[Activity]:
    rows = Activity.objects.filter(pk__in=ids).order_by("pk").select_related("post")
    return list(rows.only("type", "actor", "post__parent"))


def earlier(id: int, by: timedelta) -> int:
    """The id of the moment that is so long before the moment of an id."""
    return max(0, id - (int(by.total_seconds() * 1000) << ids.CHANCE_BITS))


def _candidates(
    requests: Sequence[ReplayRequest], floor: int
) -> Iterator[tuple[list[tuple[Any, ...]], Askers]]:
    """The activities after `floor` that may concern requests: rows, and who asked for what they came by.

    A row is an activity and the stream, person or thread that it came by; after a thread follow the posts
    whose counters the activity may have changed. Each query finds at most one row more than MOST_ROWS.
    """
    streams, actors, threads, addressed = (Askers(list) for _ in range(4))
    for number, request in enumerate(requests):
        for stream in request.streams():
            streams[stream].append(number)
        for thread in request.shown():
            threads[thread].append(number)
        if (person := request.rights.person) is not None and request.place.kind in ("home", "messages"):
            (actors if request.place.kind == "home" else addressed)[person].append(number)
    sources = (
        (_published, streams),
        (_by_actor, actors),
        (_in_thread, threads),
        (_in_own_direct_thread, addressed),
        (_in_direct_thread_with, addressed),
    )
    for build, askers in sources:
        if askers:
            yield fetch(build, floor=floor, by=list(askers)), askers


def _published() -> QuerySet[Publication, Any]:
    rows = Publication.objects.filter(activity__gt=Parameter("floor"), stream__in=ParameterList("by"))
    return rows.values_list("activity", "stream")[: MOST_ROWS + 1]


def _by_actor() -> QuerySet[Publication, Any]:
    rows = Publication.objects.filter(activity__gt=Parameter("floor"), actor__in=ParameterList("by"))
    return rows.values_list("activity", "actor")[: MOST_ROWS + 1]


def _in_thread() -> QuerySet[Activity, Any]:
    rows = Activity.objects.filter(pk__gt=Parameter("floor"), post__thread__in=ParameterList("by"))
    announced = rows.filter(type__in=[*announcements.BUILDERS, Activity.Type.UNDO])
    return announced.values_list("pk", "post__thread", "post__thread", "post", "post__parent")[
        : MOST_ROWS + 1
    ]


def _in_own_direct_thread() -> QuerySet[Activity, Any]:
    """Activities in direct threads, by the author of the thread."""
    rows = _in_direct_threads().filter(post__thread__author__in=ParameterList("by"))
    return rows.values_list("pk", "post__thread__author")[: MOST_ROWS + 1]


def _in_direct_thread_with() -> QuerySet[Activity, Any]:
    """Activities in direct threads, by addressee."""
    rows = _in_direct_threads().filter(post__thread__addressees__person__in=ParameterList("by"))
    return rows.values_list("pk", "post__thread__addressees__person")[: MOST_ROWS + 1]


def _in_direct_threads() -> QuerySet[Activity]:
    return Activity.objects.filter(
        pk__gt=Parameter("floor"),
        post__thread__audience=Post.Audience.DIRECT,
        type__in=list(announcements.BUILDERS),
    )
