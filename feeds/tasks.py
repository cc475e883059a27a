"""Celery tasks. Each calls one module, which has the rules."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from feeds.delivery import outbox
from feeds.mail import outgoing
from feeds.operations import repair


@shared_task
def deliver(activity_id: int) -> None:
    """Do the deliveries of an activity."""
    outbox.deliver_all(activity_id)


@shared_task
def sweep() -> None:
    """Do deliveries that no worker does. Celery beat runs this every 15 s."""
    outbox.sweep()


@shared_task
def send_letters() -> None:
    """Create letters and send those that are due. Celery beat runs this every minute."""
    outgoing.enqueue()
    outgoing.send()


@shared_task
def heal() -> None:
    """Check a sample of homes and repair those that differ. Celery beat runs this every five minutes."""
    repair.heal(settings.FEEDS_SAMPLE)
