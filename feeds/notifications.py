"""Telling people of an activity: each once, for the strongest reason; and what they have seen of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from feeds import occasions
from feeds.models import Notification
from feeds.notices import may_hear
from feeds.signals import delivered
from network.models import Activity, Person
from network.queries.compiled import condition

KIND = "notifications"
Type = Activity.Type

# People whom one query may name.
AT_ONCE = 5000

# An act that takes another back, and the type of that other: its notices go.
TAKEN_BACK = {"Like": Type.LIKE, "Announce": Type.ANNOUNCE, "Follow": Type.FOLLOW}


def owed(activity: Activity) -> bool:
    """Whether an activity may concern somebody."""
    if activity.type in (Type.UNDO, Type.LEAVE):
        return _taken_back(activity) is not None
    if activity.type == Type.UPDATE:
        return bool(activity.detail.get("named"))
    return activity.type in occasions.of_type


def deliver(activity: Activity, batch: int = 0) -> None:
    """Tell everybody whom an activity concerns, and those who have a page open at once.

    Doing it again tells nobody twice. A query a reason (five at most), one for who may hear, and an
    insert for each few hundred people.
    """
    former = _taken_back(activity)
    if former is not None:
        _forget(activity, former)
        return
    if told := tell(activity):
        _say_delivered(told, activity.pk)


def _say_delivered(people: list[int], activity: int = 0) -> None:
    """Let the open pages of some people count anew."""
    transaction.on_commit(
        lambda: delivered.send(sender=Notification, people=people, kind=KIND, id=activity), robust=True
    )


def tell(activity: Activity) -> list[int]:
    """Write a notice for everybody whom an activity concerns and who may hear of it; their ids."""
    concerned: dict[int, Notification.Kind] = {}
    for kind, people in occasions.of_type[activity.type](activity):
        for person in people:
            concerned.setdefault(person, kind)
    concerned.pop(activity.actor_id, None)
    told = _hearers(activity, list(concerned))
    Notification.objects.bulk_create(
        (Notification(person_id=person, activity=activity, kind=concerned[person]) for person in told),
        ignore_conflicts=True,
    )
    return told


def mark_read(notice: Notification) -> None:
    """A person opened a notice, and saw those that are told in one line with it."""
    opened = Q(pk=notice.pk)
    if notice.folds:
        opened |= Q(kind=notice.kind, activity__post=notice.activity.post_id)
    rows = _unread(notice.person_id).filter(opened, activity__type=notice.activity.type)
    _read(notice.person_id, rows)


def mark_all_read(person: Person, upto: int) -> None:
    """A person has seen their notices, up to the newest one that the page showed them."""
    _read(person.pk, _unread(person.pk).filter(activity__lte=upto))


def _read(person: int, notices: QuerySet[Notification]) -> None:
    """Their other pages count again."""
    if notices.update(read_at=timezone.now()):
        _say_delivered([person])


def _unread(person: int) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person, read_at=None)


def _hearers(activity: Activity, people: list[int]) -> list[int]:
    """Of `people`, those who may and want to hear of an activity and were not told of it yet."""
    hearers: list[int] = []
    for start in range(0, len(people), AT_ONCE):
        asked = Person.objects.filter(condition(activity.pk, _hear), pk__in=people[start : start + AT_ONCE])
        hearers += asked.values_list("pk", flat=True)
    return hearers


def _hear(activity: int, moment: datetime) -> QuerySet[Person]:
    heard = Activity.objects.filter(may_hear(OuterRef("pk"), moment=moment), pk=activity)
    told = Notification.objects.filter(activity=activity, person=OuterRef("pk"))
    return Person.objects.filter(Exists(heard), ~Exists(told))


def _taken_back(activity: Activity) -> Type | None:
    if activity.type == Type.LEAVE:
        return Type.JOIN
    return TAKEN_BACK.get(activity.detail.get("of", "")) if activity.type == Type.UNDO else None


def _forget(activity: Activity, former: Type) -> None:
    """Take back the notices of what was taken back."""
    Notification.objects.filter(
        activity__type=former,
        activity__actor=activity.actor_id,
        activity__post=activity.post_id,
        activity__stream=activity.stream_id,
        activity__lt=activity.pk,
    ).delete()
