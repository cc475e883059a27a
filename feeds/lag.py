"""How far timelines are behind, and what a home reads meanwhile: what is owed stands beside what is stored.

Where workers do not keep up, a home that was read from publications instead would make the database slower
still, just then. What is owed is few beside that, and is asked for once for all readers of a process.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from feeds import meters
from feeds.timelines import Timeline
from network import ids
from network.models import Activity, Delivery, Publication

KIND = "timelines"
# From here on pages say that timelines are late, and have what is owed merged in.
LATE = timedelta(seconds=5)
ASKED_EVERY = 2.0  # seconds between two questions of a process
MOST = 1000  # ids that are merged; below the last of more the database answers
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)  # seconds, of the histogram


@dataclass(frozen=True)
class Behind:
    """How long the oldest has waited and, where that is late, the newest ids that are owed."""

    by: timedelta = timedelta()
    owed: Sequence[int] = ()
    asked_at: float = float("-inf")


_behind = Behind()


def behind() -> timedelta:
    """How long the oldest act that is owed to timelines has waited. A query in two seconds, by an index."""
    return _ask().by


def is_late() -> bool:
    return behind() > LATE


def with_owed(timeline: Timeline) -> Timeline:
    """A timeline as it will be when what is owed has been delivered, where that is late."""
    owed = _ask().owed
    if not owed:
        return timeline
    floor = max(timeline.floor, owed[-1] - 1 if len(owed) == MOST else 0)
    found = {id for id in (*timeline.ids, *owed) if id > floor}
    return Timeline(sorted(found, reverse=True), floor)


def observe(delivery: Delivery) -> None:
    """Note how long it took from an act until a part of what is owed to it was done."""
    seconds = max(0.0, (timezone.now() - ids.at(delivery.activity_id)).total_seconds())
    bound = next((bound for bound in BOUNDS if seconds <= bound), "inf")
    meters.count(f"lag.{delivery.kind}.{bound}")
    meters.count(f"lag.{delivery.kind}.seconds", seconds)
    meters.note(f"lag.{delivery.kind}.last", seconds)


def forget() -> None:
    """Ask again at the next question."""
    global _behind
    _behind = Behind()


def _ask() -> Behind:
    global _behind
    now = time.monotonic()
    if now - _behind.asked_at >= ASKED_EVERY:
        oldest = Delivery.objects.filter(kind=KIND).order_by("activity").values_list("activity", flat=True)
        first = oldest.first()
        by = timezone.now() - ids.at(first) if first is not None else timedelta()
        _behind = Behind(by, _owed() if by > LATE else (), now)
    return _behind


def _owed() -> list[int]:
    """The newest ids that are owed to timelines: acts, and threads that came to further topics."""
    activities = Activity.objects.filter(deliveries__kind=KIND).order_by("-pk")
    found = set(activities.values_list("pk", flat=True)[:MOST])
    threads = activities.filter(type=Activity.Type.UPDATE, post__isnull=False).values("post__thread")
    gained = Publication.objects.filter(thread__in=threads).order_by("-activity")
    found.update(gained.values_list("activity", flat=True)[:MOST])
    return sorted(found, reverse=True)[:MOST]
