"""The backlog: how long deliveries to timelines have waited, and how long finished ones took."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from feeds import metrics
from network import ids
from network.models import Delivery

KIND = "timelines"
# From this age on pages say that timelines are late, and merge the pending deliveries.
LATE = timedelta(seconds=5)
MEASURED_EVERY = 2.0  # seconds, in each process
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)  # seconds, of the histogram


@dataclass(frozen=True)
class Backlog:
    """The age of the oldest pending delivery to timelines, at a time of the monotonic clock in seconds."""

    age: timedelta = timedelta()
    measured_at: float = float("-inf")


_measured = Backlog()


def current() -> Backlog:
    """The backlog, at most MEASURED_EVERY seconds old. One query, by an index, when it is measured."""
    global _measured
    now = time.monotonic()
    if now - _measured.measured_at >= MEASURED_EVERY:
        pending = Delivery.objects.filter(kind=KIND).order_by("activity")
        oldest = pending.values_list("activity", flat=True).first()
        age = timezone.now() - ids.at(oldest) if oldest is not None else timedelta()
        _measured = Backlog(age, now)
    return _measured


def age() -> timedelta:
    """How long the oldest delivery to timelines has waited."""
    return current().age


def is_late() -> bool:
    return age() > LATE


def observe(delivery: Delivery) -> None:
    """Record the time from an activity to the end of one of its deliveries."""
    seconds = max(0.0, (timezone.now() - ids.at(delivery.activity_id)).total_seconds())
    bound = next((bound for bound in BOUNDS if seconds <= bound), "inf")
    metrics.count(f"lag.{delivery.kind}.{bound}")
    metrics.count(f"lag.{delivery.kind}.seconds", seconds)
    metrics.gauge(f"lag.{delivery.kind}.last", seconds)


def forget() -> None:
    """Measure again at the next call."""
    global _measured
    _measured = Backlog()
