"""How things stand, for operators: what is owed, how late it is, what the last check found."""

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

LONG_ONES = 10  # fan-outs whose progress is told


@dataclass(frozen=True)
class Owed:
    """What is owed of one kind. `failing` are those that were tried before."""

    kind: str
    count: int
    failing: int
    oldest: timedelta


@dataclass(frozen=True)
class Fanout:
    """A fan-out in several batches that is under way: about how many followers have it, of how many."""

    activity: int
    done: int
    followers: int
    since: timedelta


@dataclass(frozen=True)
class Lag:
    """From an act until what was owed to it was done: how many times, in which seconds."""

    last: float
    seconds: float
    upto: Mapping[float, int]

    @property
    def count(self) -> int:
        return self.upto[float("inf")]


@dataclass(frozen=True)
class Check:
    """The last check of homes. `found` adds up the differences of all checks."""

    people: int
    differences: int
    found: int
    ago: timedelta


@dataclass(frozen=True)
class Status:
    owed: Sequence[Owed]
    fanouts: Sequence[Fanout]
    lags: Mapping[str, Lag]
    check: Check | None
    pages: Mapping[str, int]


def status() -> Status:
    """All of it: a few queries, two for each long fan-out, and one trip to Redis."""
    kept = metrics.read()
    return Status(_owed(), _fanouts(), _lags(kept), _check(kept), _pages(kept))


def _owed() -> list[Owed]:
    rows = Delivery.objects.order_by("kind").values("kind")
    rows = rows.annotate(count=Count("pk"), oldest=Min("activity"))
    failing = dict(Delivery.objects.filter(tries__gt=1).values_list("kind").annotate(Count("pk")))
    now = timezone.now()
    return [
        Owed(row["kind"], row["count"], failing.get(row["kind"], 0), now - ids.at(row["oldest"]))
        for row in rows
    ]


def _fanouts() -> list[Fanout]:
    """Followers are served by rising id, so those below the first batch that is owed have been."""
    rows = Delivery.objects.filter(kind=backlog.KIND).order_by("activity").values("activity")
    long = rows.annotate(first=Min("batch"), last=Max("batch")).filter(last__gt=0)[:LONG_ONES]
    return [_fanout(row["activity"], row["first"]) for row in long]


def _fanout(activity: int, batch: int) -> Fanout:
    streams = Publication.objects.filter(activity=activity).values_list("stream", flat=True)
    followers = Publication.objects.filter(activity=activity).aggregate(sum=Sum("stream__followers_count"))
    done = Follow.objects.filter(
        stream__in=list(streams), state=Follow.State.ACCEPTED, follower__lte=batch
    ).count()
    return Fanout(activity, done, followers["sum"] or 0, timezone.now() - ids.at(activity))


def _lags(kept: Mapping[str, float]) -> dict[str, Lag]:
    return {name.split(".")[1]: _lag(kept, name.split(".")[1]) for name in kept if name.endswith(".last")}


def _lag(kept: Mapping[str, float], kind: str) -> Lag:
    upto, sum = {}, 0
    for bound in (*backlog.BOUNDS, float("inf")):
        sum += int(kept.get(f"lag.{kind}.{bound}", 0))
        upto[float(bound)] = sum
    return Lag(kept[f"lag.{kind}.last"], kept.get(f"lag.{kind}.seconds", 0.0), upto)


def _check(kept: Mapping[str, float]) -> Check | None:
    if "check.at" not in kept:
        return None
    people, differences, found = (int(kept[f"check.{name}"]) for name in ("people", "differences", "found"))
    return Check(people, differences, found, timedelta(seconds=max(0.0, time.time() - kept["check.at"])))


def _pages(kept: Mapping[str, float]) -> dict[str, int]:
    """How many pages of feeds were read, by where from."""
    return {name: int(kept.get(f"pages.{name}", 0)) for name in ("timeline", "rebuilt", "database")}
