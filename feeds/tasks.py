"""Celery tasks: thin doors to the outbox and to letters."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from feeds.delivery import outbox
from feeds.mail import outgoing
from feeds.operations import repair


@shared_task
def deliver(activity_id: int) -> None:
    """Do what is owed to an activity."""
    outbox.deliver_all(activity_id)


@shared_task
def sweep() -> None:
    """Do what was forgotten; by the beat, every 15 s."""
    outbox.sweep()


@shared_task
def send_letters() -> None:
    """Gather what is owed by mail, and send what is due; by the beat, every minute."""
    outgoing.enqueue()
    outgoing.send()


@shared_task
def heal() -> None:
    """Check a sample of homes, and mend what differs; by the beat, every five minutes."""
    repair.heal(settings.FEEDS_SAMPLE)
