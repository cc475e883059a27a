"""Lists in pages: the rows of a page, and the cursor of the next one.

`page` is for orders that never change, such as the order of ids. An order that changes while somebody goes
from page to page needs more in its cursor: `most_followed` here, and the order of threads in `latest`.
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
# Rows that are ordered by followers. The cursor names them all, in 17 characters each, so an address has up
# to about 2,700.
RANKED = 160

M = TypeVar("M", bound=Model)
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True)
class Rows(Generic[R]):
    """A page of a list. `older` is the cursor of the next page, for its address; None on the last page."""

    rows: list[R]
    older: Any

    def map(self, turn: Callable[[list[R]], list[S]]) -> Rows[S]:
        """The same page with other rows, made from these."""
        return Rows(turn(self.rows), self.older)


def place_ids(raw: str, *, most: int) -> tuple[int, ...]:
    """The ids in a cursor, as an address has them: "12-7". Raises Invalid."""
    found = [ids.parse(part) for part in raw.split("-", most)]
    known = tuple(id for id in found if id is not None)
    if len(known) < len(found) or len(found) > most:
        raise Invalid(_("This link does not work. Start again from the first page."))
    return known


def page(rows: QuerySet[M, Any], before: int | None, *, by: str = "pk", size: int = PAGE) -> Rows[M]:
    """A page of `rows` by a unique column, in descending order. One query."""
    if before is not None:
        rows = rows.filter(**{f"{by}__lt": before})
    found = list(rows.order_by(f"-{by}")[: size + 1])
    older = getattr(found[size - 1], by) if len(found) > size else None
    return Rows(found[:size], older)


@dataclass(frozen=True)
class Ranked:
    """A cursor of a list by followers: the ids that were shown, and after RANKED of them the last one.

    Numbers of followers change between two pages, so a page leaves out the rows that were shown before.
    """

    shown: tuple[int, ...]
    before: int | None = None

    @classmethod
    def parse(cls, raw: str) -> Ranked:
        """Read a cursor from an address. Raises Invalid."""
        shown, _dot, before = raw.partition(".")
        return cls(place_ids(shown, most=2 * RANKED), place_ids(before, most=1)[0] if _dot else None)

    def __str__(self) -> str:
        shown = "-".join(map(str, self.shown))
        return shown if self.before is None else f"{shown}.{self.before}"


def most_followed(rows: QuerySet[M, Any], place: Ranked | None, *, size: int = PAGE) -> Rows[M]:
    """A page of people, topics or groups: about RANKED by followers, then the others by age. One query.

    Each row is shown once, also if the numbers of followers change between two pages.
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
