"""Lists by cursor: a page of rows, and the place from which the next page goes on.

`page` is for orders that never change, such as that of ids. An order that changes while somebody pages needs
a place that says more: `most_followed` here, and threads by their last word in `latest`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from network import ids
from network.errors import Invalid

PAGE = 40
# Rows of a list by followers that stand by their number. A place names them all, in 17 characters each, so
# the address has 2,700 or so.
RANKED = 160

M = TypeVar("M", bound=Model)
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True)
class Rows(Generic[R]):
    """A page of a list. `older` is where the next one starts, as addresses write it; None on the last."""

    rows: list[R]
    older: Any

    def map(self, turn: Callable[[list[R]], list[S]]) -> Rows[S]:
        """The same page with something else made of its rows."""
        return Rows(turn(self.rows), self.older)


def place_ids(raw: str, *, most: int) -> tuple[int, ...]:
    """The ids of a place in a list, as an address writes them: "12-7". Raises Invalid."""
    found = [ids.parse(part) for part in raw.split("-", most)]
    known = tuple(id for id in found if id is not None)
    if len(known) < len(found) or len(found) > most:
        raise Invalid(_("This link does not work. Start again from the first page."))
    return known


def page(rows: QuerySet[M, Any], before: int | None, *, by: str = "pk", size: int = PAGE) -> Rows[M]:
    """A page of `rows` by a column that tells them apart, greatest first. One query."""
    if before is not None:
        rows = rows.filter(**{f"{by}__lt": before})
    found = list(rows.order_by(f"-{by}")[: size + 1])
    older = getattr(found[size - 1], by) if len(found) > size else None
    return Rows(found[:size], older)


@dataclass(frozen=True)
class Ranked:
    """A place in a list by followers: the rows that were shown, and after RANKED of them the last one.

    Numbers of followers change while somebody pages, so a page is cut by what was shown before it.
    """

    shown: tuple[int, ...]
    before: int | None = None

    @classmethod
    def parse(cls, raw: str) -> Ranked:
        """Read a place from an address. Raises Invalid."""
        shown, _dot, before = raw.partition(".")
        return cls(place_ids(shown, most=2 * RANKED), place_ids(before, most=1)[0] if _dot else None)

    def __str__(self) -> str:
        shown = "-".join(map(str, self.shown))
        return shown if self.before is None else f"{shown}.{self.before}"


def most_followed(rows: QuerySet[M, Any], place: Ranked | None, *, size: int = PAGE) -> Rows[M]:
    """A page of people, topics or groups: about RANKED by followers, then the others by age. One query.

    Each row is shown once, however the numbers move meanwhile.
    """
    place = place or Ranked(())
    rows = rows.select_related("stream").exclude(pk__in=place.shown)
    if len(place.shown) < RANKED:
        found = list(rows.order_by("-stream__followers_count", "-pk")[: size + 1])
        shown = (*place.shown, *(row.pk for row in found[:size]))
        return Rows(found[:size], Ranked(shown) if len(found) > size else None)
    if place.before is not None:
        rows = rows.filter(pk__lt=place.before)
    found = list(rows.order_by("-pk")[: size + 1])
    older = Ranked(place.shown, found[size - 1].pk) if len(found) > size else None
    return Rows(found[:size], older)
