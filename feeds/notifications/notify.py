"""Telling people of an activity: each once, for the strongest reason; and what they have seen of it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Notification
from feeds.notifications import filters, grouping, triggers
from feeds.signals import delivered
from network.models import Activity, Person, details

KIND = "notifications"
Type = Activity.Type
Kind = Notification.Kind

# Kinds of notices that tell what somebody said.
SAID = (Kind.MENTION, Kind.MESSAGE, Kind.REPLY, Kind.COMMENT, Kind.POST, Kind.THREAD)

# An act that takes another back, and the type of that other: its notices go.
TAKEN_BACK = {"Like": Type.LIKE, "Announce": Type.ANNOUNCE, "Follow": Type.FOLLOW}


def owed(activity: Activity) -> bool:
    """Whether an activity may concern somebody."""
    if activity.type in (Type.UNDO, Type.LEAVE):
        return _taken_back(activity) is not None
    match details.of(activity):
        case details.Update(named=named, closed=is_closed):
            return bool(named) or is_closed
        case details.Remove(person=None) | details.Invite(person=None):
            return False
    return activity.type in triggers.of_type


def deliver(activity: Activity, batch: int = 0) -> None:
    """Tell everybody whom an activity concerns, and those who have a page open at once.

    Doing it again tells nobody twice. A query a reason (five at most), two for who hears and how, and an
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
    for kind, people in triggers.of_type[activity.type](activity):
        for person in people:
            concerned.setdefault(person, kind)
    concerned.pop(activity.actor_id, None)
    rows = list(filters.notices(activity, concerned))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.person_id for row in rows]


def mark_read(notice: Notification) -> None:
    """A person opened a notice, and saw those that were told in one line with it, up to this one."""
    rows = grouping.line_of(notice).filter(read_at=None, activity__lte=notice.activity_id)
    _read(notice.person_id, rows)


def mark_posts_read(person: Person, posts: Collection[int]) -> None:
    """A person has seen some posts where they stand: what they were told of these is not new. One query."""
    said = Activity.objects.filter(post__in=posts, type__in=(Type.CREATE, Type.UPDATE))
    _read(person.pk, _unread(person.pk).filter(kind__in=SAID, activity__in=said))


def mark_all_read(person: Person, upto: int) -> None:
    """A person has seen their notices, up to the newest one that the page showed them."""
    _read(person.pk, _unread(person.pk).filter(activity__lte=upto))


def _read(person: int, notices: QuerySet[Notification]) -> None:
    """Their other pages count again."""
    if notices.update(read_at=timezone.now()):
        _say_delivered([person])


def _unread(person: int) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person, read_at=None)


def _taken_back(activity: Activity) -> Type | None:
    if activity.type == Type.LEAVE:
        return Type.JOIN
    return TAKEN_BACK.get(details.Undo.read(activity).of) if activity.type == Type.UNDO else None


def _forget(activity: Activity, former: Type) -> None:
    """Take back the notices of what was taken back."""
    Notification.objects.filter(
        activity__type=former,
        activity__actor=activity.actor_id,
        activity__post=activity.post_id,
        activity__stream=activity.stream_id,
        activity__lt=activity.pk,
    ).delete()
