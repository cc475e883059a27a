"""Unread posts in groups: written by others since a member last read the thread, or joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery

from network import ids
from network.models import Follow, Person, Post, Reading
from network.queries.posts import readable_by


@dataclass(frozen=True)
class Unread:
    """The number of unread comments in a thread, and the first of them."""

    count: int
    first: int


def in_threads(person: Person, thread_ids: Iterable[int], membership: Follow) -> dict[int, Unread]:
    """The unread comments in threads of a group, by thread. One query."""
    new = _unseen(person, Q(thread__in=list(thread_ids), pk__gt=_came(membership))).exclude(parent=None)
    rows = new.order_by().values_list("thread").annotate(number=Count("pk"), first=Min("pk"))
    return {thread: Unread(number, first) for thread, number, first in rows}


def in_groups(person: Person, memberships: Iterable[Follow]) -> dict[int, int]:
    """The number of unread posts and comments by group. One query; none without groups."""
    where = Q()
    for membership in memberships:
        came = _came(membership)
        where |= Q(thread__group=membership.stream_id, thread__newest_id__gt=came, pk__gt=came)
    if not where:
        return {}
    rows = _unseen(person, where).order_by().values_list("thread__group")
    return dict(rows.annotate(number=Count("pk")))


def _unseen(person: Person, where: Q) -> QuerySet[Post]:
    seen = Reading.objects.filter(person=person, thread=OuterRef("thread")).values("seen_id")
    # No list has a thread with a deleted root, so it could never be read.
    new = (
        readable_by(person)
        .filter(where, thread__deleted_at=None)
        .exclude(author=person)
        .annotate(seen=Subquery(seen))
    )
    return new.filter(Q(seen=None) | Q(pk__gt=F("seen")))


def _came(membership: Follow) -> int:
    """The first id that counts as new for a member: nothing from before they joined."""
    return ids.first_at(membership.created_at)
