"""Cursors of feeds: positions that stay valid while new entries arrive."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from network import ids
from network.errors import Invalid


@dataclass(frozen=True)
class Cursor:
    """A position in a feed: below the entry `before`, in the feed as it was when `upto` was its newest.

    All pages of one walk have the same `upto`, so a thread that gets new entries meanwhile is neither lost
    nor shown twice.
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
