"""The worker, driven by hand: what is owed is delivered when a test says so."""

from __future__ import annotations

from feeds.delivery import outbox
from network.models import Delivery


def deliver_all() -> None:
    """Do all that is owed, as a worker with nothing else to do would."""
    due = Delivery.objects.order_by("activity").values_list("activity", flat=True).distinct()
    for _batch in range(10):
        for activity in due.all():
            outbox.deliver_all(activity)
    assert not Delivery.objects.exists()
