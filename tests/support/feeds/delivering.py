"""Deliveries in tests, done without a worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.delivery import outbox
from network import registry
from network.models import Activity, Delivery


def deliver_all() -> None:
    """Do all pending deliveries, with the batches that these enqueue."""
    due = Delivery.objects.order_by("activity").values_list("activity", flat=True).distinct()
    for _batch in range(10):
        for activity in due.all():
            outbox.deliver_all(activity)
    assert not Delivery.objects.exists()


def handle_with(
    monkeypatch: pytest.MonkeyPatch, kind: str, handle: Callable[[Activity, int], object]
) -> None:
    """Replace the handler of a kind of delivery. If the kind is new, no activity needs it."""
    known = registry.deliveries.get(kind)
    needs_delivery = known.needs_delivery if known else lambda activity: False
    monkeypatch.setitem(registry.deliveries, kind, registry.DeliveryKind(kind, needs_delivery, handle))
