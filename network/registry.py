"""Where rooms above the domain say, at start-up, what the domain must know of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from network.models import Activity

# A kind of delivery, and whether it is owed to a given activity. A Delivery row is written for each kind
# that is, in the transaction of the activity itself.
deliveries: dict[str, Callable[[Activity], bool]] = {}
