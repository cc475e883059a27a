"""Grouping: notifications about the same thing on the same day make one line.

A line has a key of three values: the kind, what the notifications are about, and the place. The place is the
day for kinds that fold, else the activity, so that the notification stays alone. Days are counted in UTC, so
that lines are the same in every time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Max, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL

from feeds.models import Notification
from feeds.notifications import registry
from feeds.notifications.lines import NotificationLine
from feeds.notifications.subjects import with_rights_on_subject
from network import ids
from network.models import Follow, Person
from network.queries.parameters import AnyOf

PEOPLE_NAMED = 2  # in the text of a line; the others are counted
KEY = ("kind", "about", "place")
# How many ids belong to one day.
DAY = timedelta(days=1) // timedelta(milliseconds=1) << ids.CHANCE_BITS


def with_key(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Annotate notifications with `about` and `place`, and remove their order."""
    return rows.order_by().annotate(about=_about(), place=_place())


def _about() -> Case:
    """The id of what a notification is about. Where nothing folds, the place alone makes a line."""
    paths = sorted({trigger.folds_by for trigger in registry.all_triggers()} - {""})
    return Case(
        *(When(_folds_by(path), then=F(f"activity__{path}")) for path in paths),
        default=F("activity__post"),
        output_field=BigIntegerField(),
    )


def _folds_by(path: str) -> Q:
    return registry.rows_where(lambda trigger: trigger.folds_by == path)


def _place() -> Case:
    """The day of a notification if it folds, else its activity."""
    return Case(
        When(
            registry.rows_where(lambda trigger: bool(trigger.folds_by)),
            then=F("activity_id") / Value(DAY, BigIntegerField()),
        ),
        default=F("activity_id"),
        output_field=BigIntegerField(),
    )


def line_of(notification: Notification) -> QuerySet[Notification]:
    """All notifications in the same line, whether the person may still see them or not."""
    rows = with_key(Notification.objects.filter(person=notification.person_id))
    return rows.filter(**with_key(Notification.objects.filter(pk=notification.pk)).values(*KEY).get())


def within(rows: QuerySet[Notification], others: QuerySet[Notification]) -> QuerySet[Notification]:
    """The rows that are among others. The database reads the activities of these by id."""
    activity = RawSQL('"network_activity"."id"', ())  # F("activity") is the column of the notification
    return rows.filter(AnyOf(activity, Subquery(others.values("activity"))))


def lines(
    person: Person, rows: QuerySet[Notification], most: int, *, before: int | None = None
) -> list[NotificationLine]:
    """The newest `most` lines of some notifications of a person. Five queries at most.

    A line stands where its newest activity does; with `before` all are older than this id.
    """
    grouped = (
        with_key(rows)
        .values(*KEY)
        .annotate(newest=Max("activity"), acts=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
        .order_by("-newest")
    )
    if before is not None:
        grouped = grouped.filter(newest__lt=before)
    found = list(grouped[:most])
    newest_rows = with_related(rows.filter(activity__in=[line["newest"] for line in found]))
    newest = {row.activity_id: row for row in with_rights_on_subject(newest_rows, person)}
    actors = _actors(rows, [line for line in found if line["acts"] > 1])
    named = {id for ids in actors.values() for id in ids[:PEOPLE_NAMED]}
    people = Person.objects.in_bulk(named) if actors else {}
    waiting = _unanswered(row for row in newest.values() if registry.kind(row.kind).is_request)
    return [
        _line(line, newest[line["newest"]], actors.get(_key(line)), people, waiting)
        for line in found
        if line["newest"] in newest  # else it was deleted between the two queries
    ]


def _line(
    grouped: dict[str, Any],
    newest: Notification,
    actors: list[int] | None,
    people: dict[int, Person],
    waiting: set[tuple[int, int | None]],
) -> NotificationLine:
    activity = newest.activity
    if actors is None:  # one act
        actors, people = [activity.actor_id], {activity.actor_id: activity.actor}
    return NotificationLine(
        newest=newest,
        people=tuple(people[id] for id in actors[:PEOPLE_NAMED] if id in people),
        people_count=len(actors),
        acts=grouped["acts"],
        is_new=grouped["unread"] > 0,
        is_waiting=(activity.actor_id, activity.stream_id) in waiting,
    )


def _actors(rows: QuerySet[Notification], grouped: list[dict[str, Any]]) -> dict[object, list[int]]:
    """The ids of the people in some lines, by the key of the line, the newest first. At most one query."""
    if not grouped:
        return {}
    # Not by `about`: SQL finds no NULL by `IN`.
    near = {f"{column}__in": {line[column] for line in grouped} for column in ("kind", "place")}
    by_actor = with_key(rows).filter(**near).values_list(*KEY, "activity__actor")
    found: dict[object, list[int]] = {_key(line): [] for line in grouped}
    for *key, actor, _newest in by_actor.annotate(newest=Max("activity")).order_by("-newest"):
        if tuple(key) in found:
            found[tuple(key)].append(actor)
    return found


def _key(line: dict[str, Any]) -> object:
    return tuple(line[column] for column in KEY)


def with_related(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Select what the text and the URL of a notification read."""
    return rows.select_related(
        "activity__actor",
        "activity__post__thread",
        "activity__post__group",
        "activity__post__quotes",
        "activity__stream__group",
        "activity__stream__person",
    )


def _unanswered(requests: Iterable[Notification]) -> set[tuple[int, int | None]]:
    """Who asked and for which stream, of the requests that are not answered yet. At most one query."""
    asked = {(row.activity.actor_id, row.activity.stream_id) for row in requests}
    if not asked:
        return set()
    follows = Follow.objects.filter(
        follower__in={follower for follower, _stream in asked},
        stream__in={stream for _follower, stream in asked},
        state=Follow.State.REQUESTED,
    )
    return asked & set(follows.values_list("follower", "stream"))
