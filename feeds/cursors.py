"""The cursor of a feed: a place that stays valid while new entries arrive."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from network import ids
from network.errors import Invalid


@dataclass(frozen=True)
class Cursor:
    """A place in a feed: `before` an entry, in the feed as it was when `upto` was its newest.

    Every page of one walk has the same `upto`, so that a thread which is bumped meanwhile is neither
    lost nor met twice.
    """

    before: int
    upto: int

    @classmethod
    def parse(cls, raw: str) -> Cursor:
        """Read a cursor from an address. Raises Invalid."""
        before, _dot, upto = raw.partition(".")
        place, newest = ids.parse(before), ids.parse(upto)
        if place is None or newest is None or place > newest:
            raise Invalid(_("This link does not work. Start again from the first page."))
        return cls(place, newest)

    def __str__(self) -> str:
        return f"{self.before}.{self.upto}"
