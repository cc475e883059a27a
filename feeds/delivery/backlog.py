"""How late deliveries to timelines are, and how long each delivery took."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from feeds import metrics
from network import ids
from network.models import Delivery

KIND = "timelines"
# From here on pages say that timelines are late, and have what is owed merged in.
LATE = timedelta(seconds=5)
ASKED_EVERY = 2.0  # seconds between two questions of a process
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)  # seconds, of the histogram


@dataclass(frozen=True)
class Behind:
    """How long the oldest delivery has waited, as of a moment of the monotonic clock."""

    by: timedelta = timedelta()
    asked_at: float = float("-inf")


_behind = Behind()


def current() -> Behind:
    """How late deliveries to timelines are. One query, by an index, in two seconds for each process."""
    global _behind
    now = time.monotonic()
    if now - _behind.asked_at >= ASKED_EVERY:
        oldest = Delivery.objects.filter(kind=KIND).order_by("activity").values_list("activity", flat=True)
        first = oldest.first()
        by = timezone.now() - ids.at(first) if first is not None else timedelta()
        _behind = Behind(by, now)
    return _behind


def behind() -> timedelta:
    """How long the oldest delivery to timelines has waited."""
    return current().by


def is_late() -> bool:
    return behind() > LATE


def observe(delivery: Delivery) -> None:
    """Note how long it took from an act until a part of what is owed to it was done."""
    seconds = max(0.0, (timezone.now() - ids.at(delivery.activity_id)).total_seconds())
    bound = next((bound for bound in BOUNDS if seconds <= bound), "inf")
    metrics.count(f"lag.{delivery.kind}.{bound}")
    metrics.count(f"lag.{delivery.kind}.seconds", seconds)
    metrics.note(f"lag.{delivery.kind}.last", seconds)


def forget() -> None:
    """Ask again at the next question."""
    global _behind
    _behind = Behind()
