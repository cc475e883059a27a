"""Repair: find homes that are not as they should be, log them, and rebuild them."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Collection, Iterator

from django.db.models import Max, Min

from feeds import metrics
from feeds.delivery import outbox
from feeds.operations import checking
from feeds.operations.checking import Difference
from feeds.timelines import store
from network.models import Person

log = logging.getLogger(__name__)


def repair(person_id: int) -> list[Difference]:
    """Check the feeds of a person, and delete the timelines that differ. The next read rebuilds them."""
    found = checking.check(person_id)
    if found:
        store.forget({difference.feed for difference in found})
    return found


def deliver_pending() -> Iterator[int]:
    """Do all deliveries that no worker is doing. Yields how many each round did."""
    while done := outbox.sweep():
        yield done


def sample(size: int) -> list[int]:
    """The ids of `size` people in a row, from a random one on. Three queries at most."""
    ends = Person.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return []
    start = random.randint(ends["first"], ends["last"])  # noqa: S311 a sample is no secret
    people = Person.objects.order_by("pk").values_list("pk", flat=True)
    found = list(people.filter(pk__gte=start)[:size])
    return found + list(people.filter(pk__lt=start)[: size - len(found)])


def repair_sample(size: int) -> None:
    """Repair a random sample of homes, and log and record what differed. Some twenty queries a home."""
    people = sample(size)
    found = [difference for person in people for difference in repair(person)]
    for difference in found:
        log.error("A home was not as it should be, and is built anew: %s", difference)
    record_check(len(people), found)


def record_check(people: int, found: Collection[Difference]) -> None:
    """Record a check in the metrics: when it was, how many homes it covered, what it found."""
    metrics.gauge("check.people", people)
    metrics.gauge("check.differences", len(found))
    metrics.gauge("check.at", time.time())
    metrics.count("check.found", len(found))
    metrics.send()
