"""Notifying people of an activity, taking notifications back, and marking them as read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Notification
from feeds.notifications import filters, grouping, registry
from feeds.signals import delivered
from network.models import Activity, Person
from network.queries.compiled import fetch
from network.queries.parameters import PERSON, Parameter, ParameterList

KIND = "notifications"
Type = Activity.Type


def needs_delivery(activity: Activity) -> bool:
    """Whether an activity may notify people or take notifications back."""
    return any(True for _ in registry.triggers_of(activity)) or bool(registry.retracted_types(activity))


def deliver(activity: Activity, batch: int = 0) -> None:
    """Notify everybody whom an activity concerns, and update their open pages.

    Doing it again notifies nobody twice. One query for each trigger (six at most), two for filters, and an
    insert for each few hundred people.
    """
    for type in registry.retracted_types(activity):
        _retract(activity, type)
    if people := notify(activity):
        _send_delivered(people, activity.pk)


def notify(activity: Activity) -> list[int]:
    """Create the notifications of an activity: the ids of the people who got one."""
    kinds: dict[int, str] = {}
    for kind, trigger in registry.triggers_of(activity):
        for person in trigger.recipients(activity):
            kinds.setdefault(person, kind.value)
    kinds.pop(activity.actor_id, None)
    rows = list(filters.notifications(activity, kinds))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.person_id for row in rows]


def _retract(activity: Activity, type: Type) -> None:
    """Delete the notifications of an earlier activity of a type, by the same actor about the same thing."""
    Notification.objects.filter(
        activity__type=type,
        activity__actor=activity.actor_id,
        activity__post=activity.post_id,
        activity__stream=activity.stream_id,
        activity__lt=activity.pk,
    ).delete()


def mark_read(notification: Notification) -> None:
    """Mark a notification as read, and the earlier ones in its line."""
    rows = grouping.line_of(notification).filter(read_at=None, activity__lte=notification.activity_id)
    _mark(notification.person_id, rows)


def mark_posts_read(person: Person, posts: Collection[int]) -> None:
    """Mark as read the notifications that say that a post was written or edited, for these posts.

    One query where none is unread, as at most visits: an update would wait for other writes.
    """
    unread = [pk for (pk,) in fetch(_read_with_posts, person=person.pk, posts=posts)]
    if unread:
        _mark(person.pk, _unread(person.pk).filter(pk__in=unread))


def _read_with_posts() -> QuerySet[Notification, Any]:
    written = Activity.objects.filter(post__in=ParameterList("posts"), type__in=(Type.CREATE, Type.UPDATE))
    kinds = registry.values(lambda kind: kind.is_read_with_post)
    return _unread(PERSON).filter(kind__in=kinds, activity__in=written).values_list("pk")


def mark_all_read(person: Person, upto: int) -> None:
    """Mark all notifications of a person as read, up to the id of an activity."""
    _mark(person.pk, _unread(person.pk).filter(activity__lte=upto))


def _unread(person: int | Parameter) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person, read_at=None)


def _mark(person: int, rows: QuerySet[Notification]) -> None:
    if rows.update(read_at=timezone.now()):
        _send_delivered([person])


def _send_delivered(people: list[int], activity: int = 0) -> None:
    """After commit, let the open pages of people count their new lines again."""
    transaction.on_commit(
        lambda: delivered.send(sender=Notification, people=people, kind=KIND, id=activity), robust=True
    )
