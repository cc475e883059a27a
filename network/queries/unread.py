"""What is new in groups for their members: said there by others since they last looked, or came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery

from network import ids
from network.models import Follow, Person, Post, Reading
from network.queries.compiled import ask, one
from network.queries.posts import readable_by


@dataclass(frozen=True)
class Unread:
    """How many comments of a thread a person has not seen, and the first of them."""

    count: int
    first: int


def in_threads(person: Person, thread_ids: Iterable[int], membership: Follow) -> dict[int, Unread]:
    """The unread comments of some threads of a group, by thread. One query."""
    new = _unseen(person, Q(thread__in=list(thread_ids), pk__gt=_came(membership))).exclude(parent=None)
    rows = new.order_by().values_list("thread").annotate(number=Count("pk"), first=Min("pk"))
    return {thread: Unread(number, first) for thread, number, first in rows}


def in_groups(person: Person, memberships: Iterable[Follow]) -> dict[int, int]:
    """How many posts and comments are unread in each of some groups. One query, none without groups."""
    given: dict[str, int] = {}
    for place, membership in enumerate(memberships):
        given |= {f"group{place}": membership.stream_id, f"came{place}": _came(membership)}
    return dict(ask(_new_in_groups, person, len(given) // 2, **given)) if given else {}


def _new_in_groups(person: Person, number: int) -> QuerySet[Post, Any]:
    where = Q()
    for place in range(number):
        group, came = one(f"group{place}"), one(f"came{place}")
        where |= Q(thread__group=group, thread__newest_id__gt=came, pk__gt=came)
    rows = _unseen(person, where).order_by().values_list("thread__group")
    return rows.annotate(number=Count("pk"))


def _unseen(person: Person, where: Q) -> QuerySet[Post]:
    seen = Reading.objects.filter(person=person, thread=OuterRef("thread")).values("seen_id")
    # A thread whose root was deleted is in no list, so it would stay unread for good.
    new = (
        readable_by(person)
        .filter(where, thread__deleted_at=None)
        .exclude(author=person)
        .annotate(seen=Subquery(seen))
    )
    return new.filter(Q(seen=None) | Q(pk__gt=F("seen")))


def _came(membership: Follow) -> int:
    """The id from which on a member counts what is new: nobody has to catch up with all that was before."""
    return ids.first_at(membership.created_at)
