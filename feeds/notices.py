"""A person's notices: what they were told and may still see, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q, QuerySet

from feeds.models import Notification
from network import ids
from network.errors import NotVisible
from network.models import Activity, Follow, Group, Person
from network.queries.rights import MODERATING, Viewer, blocked_with, groups_of, may_read, wants

PAGE = 30
Kind = Notification.Kind

# What a person may ask for by name: `/notices?show=answers`.
SHOWN: dict[str, tuple[Kind, ...]] = {
    "answers": (Kind.MENTION, Kind.MESSAGE, Kind.REPLY, Kind.COMMENT),
    "thanks": (Kind.RESHARE, Kind.THANKS),
    "people": (Kind.FOLLOW, Kind.REQUEST, Kind.ACCEPTED),
    "groups": (Kind.ROLE, Kind.REQUEST, Kind.ACCEPTED),
}


@dataclass(frozen=True)
class Notice:
    """One line of the page: a notice or, where many people did the same, all of theirs on the page."""

    rows: tuple[Notification, ...]
    is_waiting: bool  # a request that nobody has answered yet

    @property
    def newest(self) -> Notification:
        return self.rows[0]

    @property
    def activity(self) -> Activity:
        return self.newest.activity

    @property
    def at(self) -> datetime:
        return self.newest.at

    @property
    def is_new(self) -> bool:
        return any(row.read_at is None for row in self.rows)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Who did it, newest first, each once."""
        return tuple({row.activity.actor_id: row.activity.actor for row in self.rows}.values())


@dataclass(frozen=True)
class Page:
    notices: list[Notice]
    older: int | None  # the cursor of the next page
    newest: int  # what marking all as seen goes up to


def may_hear(viewer: Viewer, activity: str = "", *, moment: datetime | None = None) -> Q:
    """Activities of which `viewer` may be told and wants to be: `may_read` and `wants` of the post, if any.

    `activity` is the prefix that leads from the queried table to the activity. Nobody hears of people
    with whom they have a block, of hidden groups that they are not in, or of requests that are not
    theirs to answer.
    """
    post, stream = f"{activity}post", f"{activity}stream"
    readable = Q(**{post: None}) | may_read(viewer, f"{post}__")
    not_blocked = ~Q(**{f"{activity}actor__in": blocked_with(viewer)})
    seen_group = ~Q(**{f"{stream}__group__kind": Group.Kind.HIDDEN}) | Q(
        **{f"{stream}__in": groups_of(viewer)}
    )
    to_answer = ~Q(**{f"{activity}type": Activity.Type.JOIN}) | Q(
        **{f"{stream}__in": groups_of(viewer, MODERATING)}
    )
    wanted = wants(viewer, f"{post}__", f"{activity}actor", moment=moment)
    return readable & not_blocked & seen_group & to_answer & wanted


def of(person: Person) -> QuerySet[Notification]:
    """What a person was told and may still see."""
    return Notification.objects.filter(may_hear(person, "activity__"), person=person)


def unread(person: Person) -> int:
    """How many notices a person has not seen. One query, by the index of unread notices."""
    return of(person).filter(read_at=None).count()


def find(person: Person, activity_id: int) -> Notification:
    """The notice of an activity. Raises NotVisible."""
    notice = _whole(of(person)).filter(activity=activity_id).first()
    if notice is None:
        raise NotVisible
    return notice


def page(person: Person, *, show: str = "", before: int | None = None) -> Page:
    """A page of notices, older than `before`. Two queries."""
    rows = _whole(of(person))
    if show in SHOWN:
        rows = rows.filter(kind__in=SHOWN[show])
    if show in ("people", "groups"):
        rows = rows.filter(activity__stream__group__isnull=show == "people")
    found = list(rows.filter(activity__lt=before or ids.MAX + 1).order_by("-activity")[: PAGE + 1])
    shown = found[:PAGE]
    older = shown[-1].activity_id if len(found) > PAGE else None
    return Page(_fold(shown), older, shown[0].activity_id if shown else 0)


def _whole(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    return rows.select_related(
        "activity__actor",
        "activity__post__thread",
        "activity__post__quotes",
        "activity__stream__group",
        "activity__stream__person",
    )


def _fold(rows: list[Notification]) -> list[Notice]:
    """Notices as lines: the same done by many people to the same thing is one."""
    waiting = _waiting(row for row in rows if row.kind == Kind.REQUEST)
    lines: dict[object, list[Notification]] = {}
    for row in rows:
        lines.setdefault((row.kind, row.activity.post_id) if row.folds else row.pk, []).append(row)
    return [
        Notice(tuple(line), (line[0].activity.actor_id, line[0].activity.stream_id) in waiting)
        for line in lines.values()
    ]


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
