"""The state of deliveries, for operators: the pending ones, their lag, and the last check of homes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from feeds import metrics
from feeds.delivery import backlog
from network import ids
from network.models import Delivery, Follow, Publication

LONG_FANOUTS = 10  # whose progress is shown


@dataclass(frozen=True)
class Pending:
    """The pending deliveries of one kind. `failing` of them were tried before. `oldest` is an age."""

    kind: str
    count: int
    failing: int
    oldest: timedelta


@dataclass(frozen=True)
class Fanout:
    """A fan-out in several batches that is not finished. About `done` of all followers have it."""

    activity: int
    done: int
    followers: int
    since: timedelta


@dataclass(frozen=True)
class Lag:
    """The time from an activity to the end of a delivery, in seconds: the last one, the sum, a histogram.

    `upto` counts by upper bound, cumulatively, up to infinity.
    """

    last: float
    seconds: float
    upto: Mapping[float, int]

    @property
    def count(self) -> int:
        return self.upto[float("inf")]


@dataclass(frozen=True)
class Check:
    """The last check of homes. `found` is the sum of the differences of all checks."""

    people: int
    differences: int
    found: int
    ago: timedelta


@dataclass(frozen=True)
class Status:
    pending: Sequence[Pending]
    fanouts: Sequence[Fanout]
    lags: Mapping[str, Lag]
    check: Check | None
    pages: Mapping[str, int]


def status() -> Status:
    """The state now. A few queries, two for each long fan-out, and one round trip to Redis."""
    stored = metrics.read()
    return Status(_pending(), _fanouts(), _lags(stored), _check(stored), _pages(stored))


def _pending() -> list[Pending]:
    rows = Delivery.objects.order_by("kind").values("kind")
    rows = rows.annotate(count=Count("pk"), oldest=Min("activity"))
    failing = dict(Delivery.objects.filter(tries__gt=1).values_list("kind").annotate(Count("pk")))
    now = timezone.now()
    return [
        Pending(row["kind"], row["count"], failing.get(row["kind"], 0), now - ids.at(row["oldest"]))
        for row in rows
    ]


def _fanouts() -> list[Fanout]:
    """Followers get an entry by ascending id, so those below the first pending batch have it."""
    rows = Delivery.objects.filter(kind=backlog.KIND).order_by("activity").values("activity")
    long = rows.annotate(first=Min("batch"), last=Max("batch")).filter(last__gt=0)[:LONG_FANOUTS]
    return [_fanout(row["activity"], row["first"]) for row in long]


def _fanout(activity: int, batch: int) -> Fanout:
    streams = Publication.objects.filter(activity=activity).values_list("stream", flat=True)
    followers = Publication.objects.filter(activity=activity).aggregate(sum=Sum("stream__followers_count"))
    done = Follow.objects.filter(
        stream__in=list(streams), state=Follow.State.ACCEPTED, follower__lte=batch
    ).count()
    return Fanout(activity, done, followers["sum"] or 0, timezone.now() - ids.at(activity))


def _lags(stored: Mapping[str, float]) -> dict[str, Lag]:
    return {name.split(".")[1]: _lag(stored, name.split(".")[1]) for name in stored if name.endswith(".last")}


def _lag(stored: Mapping[str, float], kind: str) -> Lag:
    upto, total = {}, 0
    for bound in (*backlog.BOUNDS, float("inf")):
        total += int(stored.get(f"lag.{kind}.{bound}", 0))
        upto[float(bound)] = total
    return Lag(stored[f"lag.{kind}.last"], stored.get(f"lag.{kind}.seconds", 0.0), upto)


def _check(stored: Mapping[str, float]) -> Check | None:
    if "check.at" not in stored:
        return None
    people, differences, found = (int(stored[f"check.{name}"]) for name in ("people", "differences", "found"))
    return Check(people, differences, found, timedelta(seconds=max(0.0, time.time() - stored["check.at"])))


def _pages(stored: Mapping[str, float]) -> dict[str, int]:
    """How many pages of feeds were read, by source."""
    return {name: int(stored.get(f"pages.{name}", 0)) for name in ("timeline", "rebuilt", "database")}
