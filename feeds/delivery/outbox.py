"""What is still owed to activities: deliveries, who does them, and the sweeper that forgets none."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least
from django.utils import timezone

from feeds.delivery import backlog, queue
from network import ids, registry
from network.models import Activity, Delivery

log = logging.getLogger(__name__)

# Doing a delivery may take this long before somebody else may do it as well.
LEASE = timedelta(seconds=30)
# What was recorded in the last seconds is on its way by itself; the sweeper leaves it alone.
FRESH = timedelta(seconds=10)
# A fault that lasted long is over for everybody within a minute of its end: this, and the sweeper's round.
LONGEST_PAUSE = timedelta(seconds=30)
# Tries are counted up to here: what fails for days must outgrow neither its column nor a pause.
MOST_TRIES = 30


def deliver_all(activity_id: int) -> None:
    """Do what is owed to an activity and not leased by somebody else."""
    deliver(_due().filter(activity=activity_id).select_related("activity__post", "activity__actor"))


def deliver(deliveries: Iterable[Delivery]) -> int:
    """Do some deliveries, but those that somebody else has; how many were done. Three queries, and theirs.

    One that fails holds up no other: it is tried again by the sweeper, after a growing pause.
    """
    done = [delivery.pk for delivery in lease(deliveries) if _do(delivery)]
    if done:
        with _in_no_hurry():
            Delivery.objects.filter(pk__in=done).delete()
    return len(done)


def _do(delivery: Delivery) -> bool:
    try:
        registry.deliveries[delivery.kind].handle(delivery.activity, delivery.batch)
    except Exception:
        log.exception("Delivery of %s failed; it will be tried again.", delivery)
        pause = min(timedelta(seconds=2 ** min(delivery.tries, MOST_TRIES)), LONGEST_PAUSE)
        Delivery.objects.filter(pk=delivery.pk).update(leased_until=timezone.now() + pause)
        return False
    backlog.observe(delivery)
    return True


def lease(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Take on for LEASE those of some deliveries that nobody else has."""
    found = list(deliveries)
    if not found:
        return []
    until = timezone.now() + LEASE
    here = Delivery.objects.filter(pk__in=[delivery.pk for delivery in found])
    with _in_no_hurry():
        leased = (here & _due()).update(leased_until=until, tries=Least(F("tries") + 1, MOST_TRIES))
    if leased == len(found):
        return found
    taken = set(here.filter(leased_until=until).values_list("pk", flat=True))
    return [delivery for delivery in found if delivery.pk in taken]


def owe(activity: Activity, kind: str, batch: int) -> None:
    """Leave a further part of a delivery to whoever is free."""
    with _in_no_hurry():
        row = Delivery(activity=activity, kind=kind, batch=batch)
        Delivery.objects.bulk_create([row], ignore_conflicts=True)
    queue.ask_for(activity.pk)


def sweep(limit: int = 500) -> int:
    """Do deliveries that nobody is doing: the broker was away, or a worker died. Returns how many."""
    now = timezone.now()
    fresh = Q(activity__gte=ids.first_at(now - FRESH), activity__lte=ids.first_at(now + FRESH))
    forgotten = _due().exclude(fresh).order_by("activity")
    found = list(forgotten.select_related("activity__post", "activity__actor")[:limit])
    # One after the other: a lease of all would run out before the last is reached.
    return sum(deliver([delivery]) for delivery in found)


@contextmanager
def _in_no_hurry() -> Iterator[None]:
    """A transaction that does not wait until PostgreSQL has it on the disk.

    A crash of the database takes transactions from the end. One that takes a lease or an end has it done
    again; one that takes what a part left to others takes the end of that part as well.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield


def _due() -> QuerySet[Delivery]:
    now = timezone.now()
    # None lasts longer than the longest pause, unless the clock was set back since.
    leased = Q(leased_until__range=(now, now + LONGEST_PAUSE))
    return Delivery.objects.filter(Q(leased_until=None) | ~leased)
