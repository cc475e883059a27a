"""Pages of threads, ordered by their newest comment at the time when the first page was read.

New and removed comments change this order while somebody goes from page to page. A later page uses the order
of the first one, so that no thread is shown twice or left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from network import ids
from network.models import Activity, Post
from network.queries.listing import Rows, place_ids

# How far back later pages look for removed comments. This limits the cost of an old address.
REACH = timedelta(days=1)

Type = Activity.Type


@dataclass(frozen=True)
class Cut:
    """A cursor: below a thread whose newest id was `before`, in the order at the time of id `upto`."""

    before: int
    upto: int

    @classmethod
    def parse(cls, raw: str) -> Cut:
        """Read a cursor from an address. Raises Invalid."""
        before, *upto = place_ids(raw, most=2)
        return cls(before, max([before, *upto]))

    def __str__(self) -> str:
        return f"{self.before}-{self.upto}"


def page(rows: QuerySet[Post], cut: Cut | None, *, size: int) -> Rows[Post]:
    """A page of root posts. One query, two on later pages."""
    upto = ids.next_id() if cut is None else cut.upto  # greater than all ids that are stored now
    if cut is None:
        found = list(rows.annotate(stood=F("newest_id")).order_by("-stood")[: size + 1])
    else:
        moved = _moved(upto)
        parts = (
            rows.filter(~moved, newest_id__lt=cut.before).annotate(stood=F("newest_id")),
            rows.filter(moved).annotate(stood=_stood(upto)).filter(stood__lt=cut.before),
        )
        some = [root for part in parts for root in part.order_by("-stood")[: size + 1]]
        found = sorted(some, key=lambda root: -root.stood)[: size + 1]
    older = Cut(found[size - 1].stood, upto) if len(found) > size else None
    return Rows([*found[:size]], older)


def _moved(upto: int) -> Q:
    """Threads in which a comment was written, deleted, hidden or shown again since `upto`."""
    changed = _changes(upto).filter(post__isnull=False)
    return Q(newest_id__gt=upto) | Q(pk__in=changed.values("post__thread"))


def _stood(upto: int) -> Coalesce:
    """The newest id of a thread at the time of `upto`."""
    first = _changes(upto).filter(post=OuterRef("pk")).order_by("pk")
    removed = Q(type=Type.DELETE, post__hidden_at=None) | Q(type=Type.FLAG, detail__hidden=True)
    posts = Post.objects.filter(thread=OuterRef("pk"), pk__lte=upto)
    posts = posts.annotate(change=Subquery(first.values("pk")[:1]))
    was_seen = Q(change=None, deleted_at=None, hidden_at=None) | Exists(
        Activity.objects.filter(removed, pk=OuterRef("change"))
    )
    return Coalesce(Subquery(posts.filter(was_seen).order_by("-pk").values("pk")[:1]), F("pk"))


def _changes(upto: int) -> QuerySet[Activity]:
    """Activities since `upto` that deleted a comment, hid it or showed it again."""
    since = max(upto, ids.first_at(timezone.now() - REACH))
    return Activity.objects.filter(pk__gt=since, type__in=(Type.DELETE, Type.FLAG))
