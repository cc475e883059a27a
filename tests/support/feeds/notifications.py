"""Notifications in tests: delivering them as a worker does, and reading them as a person does."""

from __future__ import annotations

from feeds.notifications import notify, pages
from network.models import Delivery, Person


def notify_all() -> None:
    """Do all deliveries of notifications."""
    pending = Delivery.objects.filter(kind=notify.KIND).order_by("activity")
    for delivery in pending.select_related("activity"):
        notify.deliver(delivery.activity, delivery.batch)
    pending.delete()


def notified(person: Person) -> list[tuple[str, str]]:
    """After `notify_all`, the kind and the actor's handle of each notification of `person`, newest first."""
    notify_all()
    return [(row.kind, row.activity.actor.handle) for row in pages.of(person).order_by("-activity")]
