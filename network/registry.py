"""What packages above the domain add to it: kinds of deliveries, and routes that answer on a closed server.

A package registers these in `AppConfig.ready`. The domain imports no package above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from network.models import Activity


@dataclass(frozen=True)
class DeliveryKind:
    """Work that a worker does for an activity after its commit.

    `needs_delivery` is called for every activity, in the transaction that records it, so it must be quick.
    `handle` takes the activity and the number of a batch (the first is 0). It may run twice for one batch.
    If it raises, the batch is tried again later.
    """

    value: str  # stored in `Delivery.kind`, at most 20 characters
    needs_delivery: Callable[[Activity], bool]
    handle: Callable[[Activity, int], None]


deliveries: dict[str, DeliveryKind] = {}


def register(kind: DeliveryKind) -> None:
    """Add a kind of delivery. Raises ValueError if its value is taken."""
    if kind.value in deliveries:
        raise ValueError(f"There is a delivery {kind.value!r} already.")
    deliveries[kind.value] = kind


# By the name of a route, whether it answers a request without a person on a closed server.
while_closed: dict[str, Callable[[HttpRequest], bool]] = {}


def answer_while_closed(route: str, to: Callable[[HttpRequest], bool] = lambda _request: True) -> None:
    """Let a route answer on a closed server. It may show no posts, no names and no counts."""
    while_closed[route] = to
