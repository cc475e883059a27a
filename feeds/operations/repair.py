"""Healing: homes that are not what they should be are found, said, and built anew."""

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


def mend(person_id: int) -> list[Difference]:
    """Check the feeds of a person, and drop the timelines that differ: the next read builds them anew."""
    found = checking.check(person_id)
    if found:
        store.forget({difference.feed for difference in found})
    return found


def deliver_what_is_owed() -> Iterator[int]:
    """Do what nobody is doing, batch by batch; yields how many deliveries each batch did."""
    while done := outbox.sweep():
        yield done


def sample(size: int) -> list[int]:
    """So many people who stand in a row, from a random place on. Three queries at most."""
    ends = Person.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return []
    start = random.randint(ends["first"], ends["last"])  # noqa: S311 a sample is no secret
    people = Person.objects.order_by("pk").values_list("pk", flat=True)
    found = list(people.filter(pk__gte=start)[:size])
    return found + list(people.filter(pk__lt=start)[: size - len(found)])


def heal(size: int) -> None:
    """Mend a sample of homes, and leave word of what differed. Some twenty queries a home."""
    people = sample(size)
    found = [difference for person in people for difference in mend(person)]
    for difference in found:
        log.error("A home was not as it should be, and is built anew: %s", difference)
    leave_word(len(people), found)


def leave_word(people: int, found: Collection[Difference]) -> None:
    """Tell operators of a check: how many homes it looked at, when, and what differed."""
    metrics.note("check.people", people)
    metrics.note("check.differences", len(found))
    metrics.note("check.at", time.time())
    metrics.count("check.found", len(found))
    metrics.send()
