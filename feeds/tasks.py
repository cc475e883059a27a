"""Celery tasks. Their names are stored in messages of the broker, so a task keeps its name."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from feeds.delivery import outbox
from feeds.mail import outgoing
from feeds.operations import repair


@shared_task(name="feeds.tasks.deliver")
def deliver(activity_id: int) -> None:
    """Do the pending deliveries of an activity."""
    outbox.deliver_all(activity_id)


@shared_task(name="feeds.tasks.sweep")
def sweep() -> None:
    """Do forgotten deliveries. The beat calls it every 15 s."""
    outbox.sweep()


@shared_task(name="feeds.tasks.send_letters")
def send_letters() -> None:
    """Put pending notifications into letters, and send the due ones. The beat calls it every minute."""
    outgoing.enqueue()
    outgoing.send()


@shared_task(name="feeds.tasks.heal")
def repair_sample() -> None:
    """Repair a sample of homes. The beat calls it every five minutes."""
    repair.repair_sample(settings.FEEDS_SAMPLE)
