"""Grouping: notifications about the same thing on the same day make one line.

A line has a key of three values: the kind, what the notifications are about, and the place. The place is the
day for kinds that fold, else the activity, so that the notification stays alone. Days are counted in UTC, so
that lines are the same in every time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, Count, F, Max, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL

from feeds.models import Notification
from feeds.notifications import registry
from feeds.notifications.lines import NotificationLine
from feeds.notifications.subjects import with_rights_on_subject
from network import ids
from network.models import Follow, Person
from network.queries.compiled import Build, fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, AnyOf, Parameter, ParameterList

PEOPLE_NAMED = 2  # in the text of a line; the others are counted
KEY = ("kind", "about", "place")
# What the text and the URL of a notification read.
RELATED = (
    "activity__actor",
    "activity__post__thread",
    "activity__post__group",
    "activity__post__quotes",
    "activity__stream__group",
)
NEWEST = Instances(Notification, RELATED, {"may_read_subject": bool, "has_not_muted_subject": bool})
PEOPLE = Instances(Person)
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


class Totals(NamedTuple):
    """What the database says of one line: its key, and a summary of its notifications."""

    kind: str
    about: int | None
    place: int
    newest: int  # the id of its newest activity
    acts: int
    unread: int

    @property
    def key(self) -> tuple[object, ...]:
        return self[: len(KEY)]


def lines(
    person: Person, most: int, build: Build, *args: Any, before: int = ids.MAX + 1, **values: Any
) -> list[NotificationLine]:
    """The newest `most` lines of the notifications that `build(*args)` selects. Five queries at most.

    These are notifications of PERSON; `values` are the values of the other parameters, as for `fetch`.
    A line stands where its newest activity does: all lines have one with an id below `before`.
    """
    values |= {"person": person.pk}
    found = [Totals(*row) for row in fetch(_totals, build, args, most, before=before, **values)]
    if not found:
        return []
    newest_rows = fetch(_newest, build, args, activities=[line.newest for line in found], **values)
    newest = {row.activity_id: row for row in NEWEST.read(newest_rows)}
    actors = _actors([line for line in found if line.acts > 1], build, args, values)
    named = {id for ids in actors.values() for id in ids[:PEOPLE_NAMED]}
    people = {one.pk: one for one in PEOPLE.read(fetch(_people, people=named))} if named else {}
    waiting = _unanswered(row for row in newest.values() if registry.kind(row.kind).is_request)
    return [
        _line(line, newest[line.newest], actors.get(line.key), people, waiting)
        for line in found
        if line.newest in newest  # else it was deleted between the two queries
    ]


def _totals(build: Build, args: tuple[Any, ...], most: int) -> QuerySet[Notification, Any]:
    """The columns of Totals, for lines with a newest activity before a parameter."""
    rows = with_key(build(*args)).values_list(*KEY)
    rows = rows.annotate(newest=Max("activity"), acts=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    return rows.filter(newest__lt=Parameter("before")).order_by("-newest")[:most]


def _newest(build: Build, args: tuple[Any, ...]) -> QuerySet[Notification, Any]:
    """The notifications of some activities, with what the lines show of them."""
    rows = build(*args).filter(AnyOf(F("activity_id"), ParameterList("activities")))
    return NEWEST.select(with_rights_on_subject(rows, PERSON))


def _acted(build: Build, args: tuple[Any, ...]) -> QuerySet[Notification, Any]:
    """The key of the line of each person who acted, and the person, in some places, the newest first."""
    # By the place alone: `IN` finds no NULL among what lines are about.
    rows = with_key(build(*args)).filter(AnyOf(F("place"), ParameterList("places")))
    by_actor = rows.values_list(*KEY, "activity__actor")
    return by_actor.annotate(newest=Max("activity")).order_by("-newest")


def _people() -> QuerySet[Person, Any]:
    return PEOPLE.select(Person.objects.filter(pk__in=ParameterList("people")))


def _line(
    totals: Totals,
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
        acts=totals.acts,
        is_new=totals.unread > 0,
        is_waiting=(activity.actor_id, activity.stream_id) in waiting,
    )


def _actors(
    grouped: list[Totals], build: Build, args: tuple[Any, ...], values: dict[str, Any]
) -> dict[tuple[object, ...], list[int]]:
    """The ids of the people in some lines, by the key of the line, the newest first. At most one query."""
    if not grouped:
        return {}
    found: dict[tuple[object, ...], list[int]] = {line.key: [] for line in grouped}
    places = {line.place for line in grouped}
    for *key, actor, _newest in fetch(_acted, build, args, places=places, **values):
        if tuple(key) in found:
            found[tuple(key)].append(actor)
    return found


def with_related(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Select what the text and the URL of a notification read."""
    return rows.select_related(*RELATED)


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
