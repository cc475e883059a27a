"""The outbox: pending deliveries of activities, done by workers and, after a failure, by the sweeper.

The transaction of an activity writes its deliveries. A worker takes a lease, calls the handler of the kind,
and deletes the row. Handlers may run twice, so a lease may expire or get lost at any time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from feeds.delivery import backlog, queue
from feeds.delivery.leases import Leases
from network import ids, registry
from network.models import Activity, Delivery

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
# Within a minute of the end of a long fault all is delivered: this pause, and the interval of the sweeper.
LONGEST_PAUSE = timedelta(seconds=30)
# The sweeper leaves newer activities alone: their task is in the queue.
FRESH = timedelta(seconds=10)

LEASES = Leases(Delivery.objects, LEASE, timedelta(seconds=1), LONGEST_PAUSE)


def deliver_all(activity_id: int) -> None:
    """Do the pending deliveries of an activity that nobody has leased."""
    free = LEASES.free().filter(activity=activity_id)
    deliver(free.select_related("activity__post", "activity__actor"))


def deliver(deliveries: Iterable[Delivery]) -> int:
    """Do some deliveries, except those that somebody else has leased. Returns how many were done.

    One that fails does not stop the others. The sweeper tries it again after a growing pause. Three queries,
    and those of the handlers.
    """
    done = [delivery.pk for delivery in lease(deliveries) if _handle(delivery)]
    if done:
        with _asynchronous_commit():
            Delivery.objects.filter(pk__in=done).delete()
    return len(done)


def _handle(delivery: Delivery) -> bool:
    try:
        registry.deliveries[delivery.kind].handle(delivery.activity, delivery.batch)
    except Exception:
        log.exception("Delivery of %s failed; it will be tried again.", delivery)
        LEASES.delay(delivery)
        return False
    backlog.observe(delivery)
    return True


def lease(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Lease those of some deliveries that nobody else has leased, and return them."""
    found = list(deliveries)
    if not found:
        return []
    with _asynchronous_commit():
        return LEASES.take(found)


def enqueue(activity: Activity, kind: str, batch: int) -> None:
    """Add a further batch of a delivery, which any worker may do. Adding it twice adds it once."""
    with _asynchronous_commit():
        row = Delivery(activity=activity, kind=kind, batch=batch)
        Delivery.objects.bulk_create([row], ignore_conflicts=True)
    queue.send_task(activity.pk)


def sweep(limit: int = 500) -> int:
    """Do deliveries that no worker is doing: the broker was away, or a worker died. Returns how many."""
    now = timezone.now()
    fresh = Q(activity__gte=ids.first_at(now - FRESH), activity__lte=ids.first_at(now + FRESH))
    forgotten = LEASES.free().exclude(fresh).order_by("activity")
    found = list(forgotten.select_related("activity__post", "activity__actor")[:limit])
    # One after the other: a lease of all would expire before the last is reached.
    return sum(deliver([delivery]) for delivery in found)


@contextmanager
def _asynchronous_commit() -> Iterator[None]:
    """A transaction that does not wait until PostgreSQL has written it to the disk.

    A crash of the database loses the newest transactions, in order. Without a lease or a deletion the
    delivery is done again. Where an enqueued batch is lost, so is the later deletion of the batch before.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
