"""Threads, those first that somebody wrote in last, page by page, as they stood when the first page was read.

Comments that come or go move a thread while somebody pages. A later page puts every thread where it stood at
the first one, so that none is shown twice and none is left out.
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

# How far back later pages look for comments that went: it bounds what an old address costs.
REACH = timedelta(days=1)

Type = Activity.Type


@dataclass(frozen=True)
class Cut:
    """A place in such a list: below a thread whose newest id was `before`, as it was at `upto`."""

    before: int
    upto: int

    @classmethod
    def parse(cls, raw: str) -> Cut:
        """Read a place from an address. Raises Invalid."""
        before, *upto = place_ids(raw, most=2)
        return cls(before, max([before, *upto]))

    def __str__(self) -> str:
        return f"{self.before}-{self.upto}"


def page(rows: QuerySet[Post], cut: Cut | None, *, size: int) -> Rows[Post]:
    """A page of some roots. One query, two on later pages."""
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
    """Threads in which a comment came, went, was hidden or was shown again since `upto`."""
    turned = _turns(upto).filter(post__isnull=False)
    return Q(newest_id__gt=upto) | Q(pk__in=turned.values("post__thread"))


def _stood(upto: int) -> Coalesce:
    """The newest id of a thread at the time of `upto`."""
    first = _turns(upto).filter(post=OuterRef("pk")).order_by("pk")
    went = Q(type=Type.DELETE, post__hidden_at=None) | Q(type=Type.FLAG, detail__hidden=True)
    posts = Post.objects.filter(thread=OuterRef("pk"), pk__lte=upto)
    posts = posts.annotate(turn=Subquery(first.values("pk")[:1]))
    was_seen = Q(turn=None, deleted_at=None, hidden_at=None) | Exists(
        Activity.objects.filter(went, pk=OuterRef("turn"))
    )
    return Coalesce(Subquery(posts.filter(was_seen).order_by("-pk").values("pk")[:1]), F("pk"))


def _turns(upto: int) -> QuerySet[Activity]:
    """Activities since `upto` by which a comment went, was hidden or was shown again."""
    since = max(upto, ids.first_at(timezone.now() - REACH))
    return Activity.objects.filter(pk__gt=since, type__in=(Type.DELETE, Type.FLAG))
