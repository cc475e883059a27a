"""The registry of deliveries: which kinds exist, which activities need one, and what handles it.

A package registers its kinds in `AppConfig.ready`. The domain imports no package above it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
