"""A person's notices: what they were told and may still see, newest first, in lines.

A *line* is what is told in one sentence: one notice or, where people did the same to the same thing on one
day, all of theirs. Lines are what a page holds, what its cursor counts by, and what the number of new ones
counts: a line is new while any act in it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Max, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL

from feeds.cursors import Cursor
from feeds.models import Notification
from feeds.notifications.filters import may_hear
from feeds.notifications.named_posts import with_named
from network import ids
from network.errors import NotVisible
from network.models import Activity, Follow, Person
from network.queries.compiled import fetch
from network.queries.parameters import PERSON, AnyOf
from network.queries.rights import Viewer

PAGE = 30
# Notices among which a page is looked for first; where they fold to less than a page, among all.
WINDOW = 10 * PAGE
# Unread notices, the newest, among which new lines are counted.
MOST_UNREAD = 1000
NAMED = 2  # people of a line; the others are counted
Kind = Notification.Kind

# What a person may ask for by name: `/notices?show=answers`.
SHOWN: dict[str, tuple[Kind, ...]] = {
    "answers": (Kind.MENTION, Kind.MESSAGE, Kind.REPLY, Kind.COMMENT),
    "thanks": (Kind.RESHARE, Kind.THANKS),
    "people": (Kind.FOLLOW, Kind.REQUEST, Kind.ACCEPTED, Kind.POST),
    "groups": (Kind.INVITED, Kind.ROLE, Kind.GROUP, Kind.THREAD, Kind.REQUEST, Kind.ACCEPTED),
}

# Ids of one day, which is counted in UTC: lines are the same for everybody who reads them.
DAY = timedelta(days=1) // timedelta(milliseconds=1) << ids.CHANCE_BITS

# What makes a line, and names it: the kind, what it is about, and the day or, where nothing folds, the act.
LINE = ("kind", "about", "place")
FOLDS = Q(kind__in=(Kind.FOLLOW, Kind.THANKS, Kind.MESSAGE, Kind.COMMENT, Kind.POST, Kind.THREAD)) | Q(
    kind=Kind.RESHARE, activity__type=Activity.Type.ANNOUNCE
)
ABOUT = Case(
    When(kind__in=(Kind.MESSAGE, Kind.COMMENT), then=F("activity__post__thread")),
    When(kind=Kind.THREAD, then=F("activity__post__group")),
    When(kind=Kind.POST, then=F("activity__actor")),
    default=F("activity__post"),
    output_field=BigIntegerField(),
)
PLACE = Case(
    When(FOLDS, then=F("activity_id") / Value(DAY, BigIntegerField())),
    default=F("activity_id"),
    output_field=BigIntegerField(),
)


@dataclass(frozen=True)
class Notice:
    """One line: its newest notice, who did it (newest first, the first few), and how many did."""

    newest: Notification
    people: tuple[Person, ...]
    number: int  # of people
    acts: int
    is_new: bool
    is_waiting: bool  # a request that nobody has answered yet

    @property
    def activity(self) -> Activity:
        return self.newest.activity

    @property
    def at(self) -> datetime:
        return self.newest.at

    @property
    def others(self) -> int:
        """How many people did it who are not named."""
        return self.number - len(self.people)


@dataclass(frozen=True)
class Page:
    notices: list[Notice]
    older: Cursor | None
    newest: int  # what marking all as seen goes up to


def of(person: Viewer) -> QuerySet[Notification]:
    """What a person was told on their page, and may still see."""
    return _told(person).filter(in_kith=True)


def _told(person: Viewer) -> QuerySet[Notification]:
    """What a person was told in any way, and may still see."""
    may = may_hear(person, "activity__")
    return Notification.objects.filter(may, person=person)


def within(rows: QuerySet[Notification], told: QuerySet[Notification]) -> QuerySet[Notification]:
    """Those of some notices that are among others, whose activities are read by their ids."""
    activity = RawSQL('"network_activity"."id"', ())  # F("activity") would be the column of the notice
    return rows.filter(AnyOf(activity, Subquery(told.values("activity"))))


def unread(person: Person) -> int:
    """How many lines are new. One query, by the index of unread notices."""
    return len(fetch(_new_lines, PERSON, person=person.pk))


def _new_lines(person: Viewer) -> QuerySet[Notification, Any]:
    new = Notification.objects.filter(person=person, in_kith=True, read_at=None)
    rows = within(of(person).filter(read_at=None), new.order_by("-activity")[:MOST_UNREAD])
    return in_lines(rows).order_by().values_list(*LINE).distinct()


def find(person: Person, activity_id: int) -> Notification:
    """The notice of an activity, also one that came by mail alone. Raises NotVisible."""
    notice = _whole(_told(person)).filter(activity=activity_id).first()
    if notice is None:
        raise NotVisible
    return notice


def line_of(notice: Notification) -> QuerySet[Notification]:
    """All notices that are told in one line with one."""
    told = in_lines(Notification.objects.filter(person=notice.person_id))
    return told.filter(**in_lines(Notification.objects.filter(pk=notice.pk)).values(*LINE).get())


def first_new(notice: Notification, person: Person) -> Notification:
    """Where reading a line begins: its oldest notice that was not seen, or the one that leads to it."""
    new = Notification.objects.filter(person=person, read_at=None, activity__lte=notice.activity_id)
    unseen = within(line_of(notice).filter(may_hear(person, "activity__"), read_at=None), new)
    return _whole(unseen).order_by("activity").first() or notice


def page(person: Person, *, show: str = "", cursor: Cursor | None = None) -> Page:
    """A page of lines, as they were when the first page of the walk was read. Six queries, rarely seven."""
    rows = of(person)
    if show in SHOWN:
        rows = rows.filter(kind__in=SHOWN[show])
    if show in ("people", "groups"):
        of_groups = Q(activity__stream__group__isnull=False) | Q(kind=Kind.THREAD)
        rows = rows.filter(of_groups if show == "groups" else ~of_groups)
    upto, before = (cursor.upto, cursor.before) if cursor is not None else (ids.MAX, ids.MAX + 1)
    told = Notification.objects.filter(person=person, activity__lte=upto)
    oldest = _window_from(person, before)
    found = lines(person, within(rows, told.filter(activity__gte=oldest)), PAGE + 1, before=before)
    if len(found) <= PAGE and oldest:
        found = lines(person, within(rows, told), PAGE + 1, before=before)
    newest = cursor.upto if cursor is not None else (found[0].newest.activity_id if found else 0)
    older = Cursor(found[PAGE - 1].newest.activity_id, newest) if len(found) > PAGE else None
    return Page(found[:PAGE], older, newest)


def _window_from(person: Person, before: int) -> int:
    """The first id of the day of the WINDOWth notice below a place: no line stands on both sides of it.

    One query, of one row of the index; 0 where there are not so many.
    """
    below = Notification.objects.filter(person=person, activity__lt=before).order_by("-activity")
    last = below.values_list("activity", flat=True)[WINDOW : WINDOW + 1].first()
    return (last or 0) // DAY * DAY


def lines(
    person: Person, rows: QuerySet[Notification], most: int, *, before: int | None = None
) -> list[Notice]:
    """Notices of `person` as lines, each at its newest act, the newest first. Five queries at most."""
    folded = (
        in_lines(rows)
        .values(*LINE)
        .annotate(newest=Max("activity"), acts=Count("pk"), new=Count("pk", filter=Q(read_at=None)))
        .order_by("-newest")
    )
    if before is not None:
        folded = folded.filter(newest__lt=before)
    found = list(folded[:most])
    acts = rows.filter(activity__in=[one["newest"] for one in found])
    newest = {row.activity_id: row for row in with_named(_whole(acts), person)}
    actors = _actors(rows, [one for one in found if one["acts"] > 1])
    people = Person.objects.in_bulk({id for ids in actors.values() for id in ids[:NAMED]}) if actors else {}
    waiting = _waiting(row for row in newest.values() if row.kind == Kind.REQUEST)
    return [
        _notice(one, newest[one["newest"]], actors.get(_key(one)), people, waiting)
        for one in found
        if one["newest"] in newest  # it may go between the two looks
    ]


def in_lines(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Notices with what names their line."""
    return rows.order_by().annotate(about=ABOUT, place=PLACE)


def _notice(
    line: dict[str, Any],
    newest: Notification,
    actors: list[int] | None,
    people: dict[int, Person],
    waiting: set[tuple[int, int | None]],
) -> Notice:
    activity = newest.activity
    who = actors or [activity.actor_id]
    return Notice(
        newest,
        tuple(people[id] for id in who[:NAMED] if id in people) if actors else (activity.actor,),
        len(who),
        line["acts"],
        line["new"] > 0,
        (activity.actor_id, activity.stream_id) in waiting,
    )


def _actors(rows: QuerySet[Notification], folded: list[dict[str, Any]]) -> dict[object, list[int]]:
    """Who did what is told in some lines, by line, the newest act first. One query, none for no lines."""
    if not folded:
        return {}
    named = {f"{column}__in": {line[column] for line in folded} for column in LINE[::2]}
    by_actor = in_lines(rows).filter(**named).values_list(*LINE, "activity__actor")
    asked = {_key(line) for line in folded}
    found: dict[object, list[int]] = {key: [] for key in asked}
    for *key, actor, _newest in by_actor.annotate(newest=Max("activity")).order_by("-newest"):
        if tuple(key) in asked:
            found[tuple(key)].append(actor)
    return found


def _key(line: dict[str, Any]) -> object:
    return tuple(line[column] for column in LINE)


def _whole(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.select_related(
        "activity__actor",
        "activity__post__thread",
        "activity__post__group",
        "activity__post__quotes",
        "activity__stream__group",
        "activity__stream__person",
    )


def _waiting(requests: Iterable[Notification]) -> set[tuple[int, int | None]]:
    """Of some requests, those not answered yet, as pairs of who asks and for what."""
    asked = {(row.activity.actor_id, row.activity.stream_id) for row in requests}
    if not asked:
        return set()
    open_requests = Follow.objects.filter(
        follower__in={who for who, _what in asked},
        stream__in={what for _who, what in asked},
        state=Follow.State.REQUESTED,
    )
    return asked & set(open_requests.values_list("follower", "stream"))
