"""Grouping: notifications about the same thing on the same day make one line.

A line has a key of three values: the kind, what the notifications are about, and the place. The place is the
day for kinds that fold, else the activity, so that the notification stays alone. Days are counted in UTC, so
that lines are the same in every time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL

from feeds.models import Notification
from feeds.notifications import registry
from feeds.notifications.lines import NotificationLine
from feeds.notifications.subjects import group_of, post_id_of, posts_named
from network import ids
from network.models import Follow, Person, Post
from network.queries.compiled import Build, fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, AnyOf, ParameterList
from network.values import Named

PEOPLE_NAMED = 2  # in the text of a line; the others are counted
KEY = ("kind", "about", "place")
# What the URL of a notification reads.
RELATED = ("activity__actor", "activity__post", "activity__stream__group")
# What the text of a line reads, without the post that it names.
NEWEST = Instances(
    Notification,
    ("activity__actor", "activity__post__thread", "activity__post__group", "activity__stream__group"),
    {"is_unanswered": bool},
    only={
        "activity__actor": ("name", "handle"),
        "activity__post": ("author_id", "thread_id", "group_id", "quotes_id", "summary", "text"),
        "activity__post__thread": ("author_id",),
        "activity__post__group": ("name", "slug"),
        "activity__stream": ("kind",),
        "activity__stream__group": ("name", "slug"),
    },
)
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


@dataclass
class Totals:
    """The notifications of one line: the id of the newest activity, who acted, the newest first."""

    newest: int
    actors: dict[int, None] = field(default_factory=dict)
    acts: int = 0
    is_new: bool = False


def lines(
    person: Person, most: int, build: Build, *args: Any, before: int = ids.MAX + 1, **values: Any
) -> list[NotificationLine]:
    """The newest `most` lines of the notifications that `build(*args)` selects. Four queries at most.

    These are notifications of PERSON; `values` are the values of the other parameters, as for `fetch`.
    A line stands where its newest activity does: all lines have one with an id below `before`.
    """
    found = _grouped(fetch(_rows, build, args, person=person.pk, **values), most, before)
    if not found:
        return []
    activities = [line.newest for line in found]
    newest = {
        row.activity_id: row for row in NEWEST.read(fetch(_newest, person=person.pk, activities=activities))
    }
    people = _named(found, newest.values())
    posts = posts_named(person, newest.values())
    return [
        _line(line, newest[line.newest], people, posts)
        for line in found
        if line.newest in newest  # else it was deleted between the two queries
    ]


def _rows(build: Build, args: tuple[Any, ...]) -> QuerySet[Notification, Any]:
    """The key of the line of each notification, its activity, who acted, and whether it is unread."""
    is_new = ExpressionWrapper(Q(read_at=None), BooleanField())
    rows = with_key(build(*args)).annotate(is_new=is_new).order_by("-activity")
    return rows.values_list(*KEY, "activity", "activity__actor", "is_new")


def _grouped(rows: Iterable[tuple[Any, ...]], most: int, before: int) -> list[Totals]:
    """The newest `most` lines of `_rows` with a newest activity below `before`."""
    found: dict[tuple[Any, ...], Totals] = {}
    for *key, activity, actor, is_new in rows:
        line = found.setdefault(tuple(key), Totals(activity))
        line.actors[actor] = None
        line.acts += 1
        line.is_new |= bool(is_new)
    return list(islice((line for line in found.values() if line.newest < before), most))


def _newest() -> QuerySet[Notification, Any]:
    """Notifications of PERSON by their activities, and whether each asks for what is not answered yet."""
    rows = Notification.objects.filter(AnyOf(F("activity_id"), ParameterList("activities")), person=PERSON)
    requests = Follow.objects.filter(state=Follow.State.REQUESTED, stream=OuterRef("activity__stream"))
    unanswered = Exists(requests.filter(follower=OuterRef("activity__actor")))
    return NEWEST.select(rows.annotate(is_unanswered=unanswered))


def _named(found: Iterable[Totals], newest: Iterable[Notification]) -> dict[int, Named]:
    """The people that lines name, by id. One query if a line names more than who acted last."""
    actors = {row.activity.actor_id: row.activity.actor for row in newest}
    named = {id: Named("person", id, actor.name, actor.handle) for id, actor in actors.items()}
    others = {id for line in found for id in islice(line.actors, PEOPLE_NAMED)} - named.keys()
    rows = fetch(_people, people=others) if others else []
    return named | {id: Named("person", id, name, handle) for id, name, handle in rows}


def _people() -> QuerySet[Person, Any]:
    rows = Person.objects.filter(pk__in=ParameterList("people"))
    return rows.values_list("pk", "name", "handle")


def _line(
    totals: Totals,
    newest: Notification,
    people: dict[int, Named],
    posts: dict[int, Post],
) -> NotificationLine:
    is_request = registry.kind(newest.kind).is_request
    return NotificationLine(
        newest=newest,
        subject=group_of(newest) or posts.get(post_id_of(newest) or 0),
        people=tuple(people[id] for id in islice(totals.actors, PEOPLE_NAMED) if id in people),
        people_count=len(totals.actors),
        acts=totals.acts,
        is_new=totals.is_new,
        is_waiting=is_request and newest.is_unanswered,  # type: ignore[attr-defined]
    )


def with_related(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Select what the URL of a notification reads."""
    return rows.select_related(*RELATED)
