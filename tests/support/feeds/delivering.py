"""The worker, driven by hand: what is owed is delivered when a test says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feeds.delivery import outbox
from network import registry
from network.models import Activity, Delivery


def deliver_all() -> None:
    """Do all that is owed, as a worker with nothing else to do would."""
    due = Delivery.objects.order_by("activity").values_list("activity", flat=True).distinct()
    for _batch in range(10):
        for activity in due.all():
            outbox.deliver_all(activity)
    assert not Delivery.objects.exists()


def handle_with(
    monkeypatch: pytest.MonkeyPatch, kind: str, handle: Callable[[Activity, int], object]
) -> None:
    """Handle deliveries of a kind with another function. No activity needs a kind that is not registered."""
    known = registry.deliveries.get(kind)
    is_needed = known.is_needed if known else lambda activity: False
    monkeypatch.setitem(registry.deliveries, kind, registry.DeliveryKind(kind, is_needed, handle))
