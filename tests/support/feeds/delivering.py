"""A worker that a test calls."""

from __future__ import annotations

from feeds.delivery import outbox
from network.models import Delivery


def deliver_all() -> None:
    """Do all pending deliveries, with the batches that these enqueue."""
    due = Delivery.objects.order_by("activity").values_list("activity", flat=True).distinct()
    for _batch in range(10):
        for activity in due.all():
            outbox.deliver_all(activity)
    assert not Delivery.objects.exists()
