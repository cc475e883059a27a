"""Unread posts in groups: written by others since a member last read the thread, or joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery

from network import ids
from network.models import Follow, Person, Post, Reading
from network.queries.compiled import fetch
from network.queries.parameters import PERSON, Parameter
from network.queries.posts import readable_by
from network.queries.rights import Viewer


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
    values: dict[str, int] = {}
    for place, membership in enumerate(memberships):
        values |= {f"group{place}": membership.stream_id, f"joined{place}": _came(membership)}
    return dict(fetch(_new_in_groups, len(values) // 2, person=person.pk, **values)) if values else {}


def _new_in_groups(number: int) -> QuerySet[Post, Any]:
    """The number of unread posts in each of so many groups."""
    where = Q()
    for place in range(number):
        group, joined = Parameter(f"group{place}"), Parameter(f"joined{place}")
        where |= Q(thread__group=group, thread__newest_id__gt=joined, pk__gt=joined)
    rows = _unseen(PERSON, where).order_by().values_list("thread__group")
    return rows.annotate(number=Count("pk"))


def _unseen(person: Viewer, where: Q) -> QuerySet[Post]:
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
