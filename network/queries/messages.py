"""Messages: the direct threads that a person started or is addressed in, newest comment first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from network.models import Addressee, Person, Post, Reading
from network.queries import latest, people
from network.queries.compiled import fetch
from network.queries.latest import Cut
from network.queries.parameters import PERSON
from network.queries.posts import readable_by
from network.queries.rights import is_not_muted, not_muted
from network.queries.showing import Shown, show

PAGE = 20


@dataclass(frozen=True)
class Message:
    """A direct thread: its root, the other people in it, and its number of unread posts.

    The list shows no text of a root that the person muted (`is_muted`).
    """

    shown: Shown
    is_muted: bool
    others: tuple[Person, ...]
    unread: int


@dataclass(frozen=True)
class MessagesPage:
    messages: tuple[Message, ...]
    older: Cut | None


def find_page(person: Person, cut: Cut | None = None) -> MessagesPage:
    """A page of the direct threads of `person`. Eight queries, nine on later pages."""
    addressed = Addressee.objects.filter(person=person).values("thread")
    roots = readable_by(person).filter(
        Q(author=person) | Q(pk__in=addressed), parent=None, audience=Post.Audience.DIRECT
    )
    roots = roots.annotate(is_not_muted=is_not_muted(person)).only("pk", "newest_id")
    found = latest.page(roots, cut, size=PAGE)
    ids = [root.pk for root in found.rows]
    muted = {root.pk for root in found.rows if not root.is_not_muted}  # type: ignore[attr-defined]
    shown = show(person, ids)
    others = _others(person, ids)
    unread = _unread(person, ids)
    return MessagesPage(
        messages=tuple(
            Message(shown[pk], pk in muted, _without(person, shown[pk], others[pk]), unread.get(pk, 0))
            for pk in ids
            if pk in shown
        ),
        older=found.older,
    )


def addressees(viewer: Person, thread: Post) -> tuple[Person, ...]:
    """The addressees of a direct thread that `viewer` may see, without its author. One query."""
    rows = _addressees(viewer).filter(thread=thread)
    return tuple(row.person for row in rows)


def others(viewer: Person, thread: Post) -> tuple[Person, ...]:
    """The people in a direct thread, without `viewer`. One query."""
    return tuple(one for one in (thread.author, *addressees(viewer, thread)) if one.pk != viewer.pk)


def number_unread(person: Person) -> int:
    """The number of direct threads with posts of others that are unread and not muted. One query."""
    return len(fetch(_unread_threads, person=person.pk))


def _unread_threads() -> QuerySet[Any, Any]:
    # A union: with OR, PostgreSQL would read the whole table.
    own = Post.objects.filter(author=PERSON, audience=Post.Audience.DIRECT).order_by().values("pk")
    addressed = Addressee.objects.filter(person=PERSON).order_by().values("thread")
    seen = Reading.objects.filter(person=PERSON, thread=OuterRef("pk")).values("seen_id")
    threads = Post.objects.filter(pk__in=own.union(addressed)).annotate(
        seen=Coalesce(Subquery(seen), 0, output_field=BigIntegerField())
    )
    new = (
        readable_by(PERSON)
        .filter(not_muted(PERSON), thread=OuterRef("pk"), pk__gt=OuterRef("seen"))
        .exclude(author=PERSON)
    )
    # The list has no threads with a deleted root, so these could never be read.
    return threads.filter(Exists(new), deleted_at=None, newest_id__gt=F("seen")).order_by().values_list("pk")


def _addressees(viewer: Person) -> QuerySet[Addressee]:
    seen = Addressee.objects.filter(person__in=people.visible_to(viewer))
    return seen.select_related("person").order_by("pk")


def _others(person: Person, ids: list[int]) -> dict[int, tuple[Person, ...]]:
    found: dict[int, tuple[Person, ...]] = defaultdict(tuple)
    for row in _addressees(person).filter(thread__in=ids):
        found[row.thread_id] += (row.person,)
    return found


def _without(person: Person, shown: Shown, addressed: tuple[Person, ...]) -> tuple[Person, ...]:
    everybody = (shown.post.author, *addressed)
    return tuple(one for one in everybody if one.pk != person.pk)


def _unread(person: Person, ids: list[int]) -> dict[int, int]:
    seen = Reading.objects.filter(person=person, thread=OuterRef("thread")).values("seen_id")
    new = (
        readable_by(person)
        .filter(not_muted(person), thread__in=ids)
        .exclude(author=person)
        .annotate(seen=Subquery(seen))
        .filter(Q(seen=None) | Q(pk__gt=F("seen")))
    )
    return dict(new.order_by().values_list("thread").annotate(number=Count("pk")))
