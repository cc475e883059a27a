"""Lists by cursor: a page of rows, newest first, and the place from which the next page goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from network.models import Stream

PAGE = 40

M = TypeVar("M", bound=Model)
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True)
class Rows(Generic[R]):
    """A page of a list. `older` is where the next one starts; None on the last."""

    rows: list[R]
    older: int | None

    def map(self, turn: Callable[[list[R]], list[S]]) -> Rows[S]:
        """The same page with something else made of its rows."""
        return Rows(turn(self.rows), self.older)


def page(rows: QuerySet[M, Any], before: int | None, *, by: str = "pk", size: int = PAGE) -> Rows[M]:
    """A page of `rows` by a column that tells them apart, greatest first. One query."""
    if before is not None:
        rows = rows.filter(**{f"{by}__lt": before})
    found = list(rows.order_by(f"-{by}")[: size + 1])
    older = getattr(found[size - 1], by) if len(found) > size else None
    return Rows(found[:size], older)


def most_followed(rows: QuerySet[M, Any], before: int | None, *, size: int = PAGE) -> Rows[M]:
    """A page of people, topics or groups: those with most followers first, then the newest.

    One query, and one more on later pages, whose place is the id of the last on the page before.
    """
    if before is not None:
        count = Stream.objects.filter(pk=before).values_list("followers_count", flat=True).first() or 0
        rows = rows.filter(
            Q(stream__followers_count__lt=count) | Q(stream__followers_count=count, pk__lt=before)
        )
    ranked = rows.select_related("stream").order_by("-stream__followers_count", "-pk")
    found = list(ranked[: size + 1])
    return Rows(found[:size], found[size - 1].pk if len(found) > size else None)
