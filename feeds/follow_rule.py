"""The rule of follows: which publications a follow lets in, and to which feed it leads.

`LETS_IN` and `ROUTES` are the rule, as data. Everything that applies it is derived from them:

- querysets of feeds, folds, reasons and digests: `brought_by`, `leads_to`;
- the SQL of rebuilds and of pulled streams: `lets_in_sql`, `leads_to_sql`;
- the timelines to which fan-out pushes: `lets_in_entry`, `timeline_id`;
- the rule in memory, which filters live frames: `realtime/visibility/follow_flags.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, When

from network.models import Follow, Post, Publication, Stream
from network.queries.rights import Viewer

KIND, COMMENTS, PLACE = Publication.Kind, Follow.Comments, Follow.Place
Column = Callable[[str], Any]
NONE = Q(pk__in=())


class Flag(NamedTuple):
    """A column of a follow, and the value that it must have."""

    column: str
    value: str | bool


class Concern(Enum):
    """A relation between a follower and a comment."""

    # The follower follows both the author of the comment and the author of what it answers, in any place.
    FOLLOWS_BOTH_SIDES = "follows both sides"
    # The follower has written in the thread, up to this comment. Hidden and deleted posts count too.
    TAKES_PART = "takes part"


@dataclass(frozen=True)
class Condition:
    """A follow meets it if it has the flag and, where concerns are given, at least one of these holds."""

    flag: Flag | None = None
    concerns: tuple[Concern, ...] = ()


# A follow lets in a publication of this kind if it meets one of the conditions.
LETS_IN: Mapping[str, tuple[Condition, ...]] = {
    KIND.POST: (Condition(),),
    KIND.RESHARE: (Condition(Flag("reshares", True)),),
    KIND.COMMENT: (
        Condition(Flag("comments", COMMENTS.ALL)),
        Condition(Flag("comments", COMMENTS.SOME), (Concern.FOLLOWS_BOTH_SIDES, Concern.TAKES_PART)),
    ),
}


@dataclass(frozen=True)
class Route:
    """A feed gets the publications of follows with this place and, if given, with this kind of stream.

    `feed` is the column of a follow that holds the id of the feed's timeline: "follower" or "list".
    """

    place: str
    feed: str
    kind: str = ""


# The parts of a home, as addresses and live pages name them.
PARTS: Mapping[str, str] = {
    "people": Stream.Kind.PERSON,
    "topics": Stream.Kind.TOPIC,
    "groups": Stream.Kind.GROUP,
}
# By the form of a feed: "home", "list", or for a part of home the kind of its streams. A part has no timeline
# of its own: it is read from the timeline of the home.
ROUTES: Mapping[str, Route] = {
    "home": Route(PLACE.HOME, "follower"),
    "list": Route(PLACE.LIST, "list"),
    **{kind: Route(PLACE.HOME, "follower", kind) for kind in PARTS.values()},
}


def brought_by(person: Viewer, follows: Q) -> Exists:
    """Publications that some of the follows of `person` let in, each by its own flags."""
    own = Follow.objects.filter(
        follows, follower=person, stream=OuterRef("stream"), state=Follow.State.ACCEPTED
    )
    return Exists(lets_in(own))


def lets_in(follows: QuerySet[Follow]) -> QuerySet[Follow]:
    """Of some follows, those that let in the publication of the query around them."""
    kind = ExpressionWrapper(OuterRef("kind"), CharField())
    rule = reduce(or_, (Q(kind=kind) & lets_in_entry(kind, _around) for kind in LETS_IN))
    return follows.annotate(kind=kind).filter(rule)


def lets_in_entry(kind: str, column: Column) -> Q:
    """Follows that let in one publication; `column` gives the value of a column of it."""
    conditions = [_condition(condition, column) for condition in LETS_IN[KIND(kind)]]
    return Q() if Q() in conditions else reduce(or_, conditions, NONE)


def leads_to(route: Route, list_id: Any) -> Q:
    """Follows that a route takes to the home of their follower or, if it leads to lists, to this list."""
    follows = Q(place=route.place)
    if route.feed == "list":
        follows &= Q(list=list_id)
    return follows & Q(stream__kind=route.kind) if route.kind else follows


def timeline_columns() -> dict[str, str]:
    """By place, the column of a follow that holds the id of a timeline. Other places have no timeline."""
    return {route.place: route.feed for route in ROUTES.values()}


def timeline_id() -> Case:
    """The id of the timeline to which a follow leads."""
    columns = timeline_columns().items()
    return Case(*(When(place=place, then=F(column)) for place, column in columns))


def lets_in_sql() -> str:
    """`lets_in` as a condition on `follow` and `publication`.

    A table `sides` holds all accepted follows of the person, whose id is the parameter `person`.
    """
    kinds = (f"kind = '{kind}' AND ({_any_of(map(_condition_sql, LETS_IN[kind]))})" for kind in LETS_IN)
    return f"({_any_of(kinds)})"


def columns_sql() -> str:
    """The columns of a follow that `lets_in_sql` needs."""
    flags = (condition.flag for conditions in LETS_IN.values() for condition in conditions)
    return ", ".join(sorted({flag.column for flag in flags if flag} | {"stream_id"}))


def leads_to_sql(route: Route) -> str:
    """`leads_to` as a condition on a follow. The parameter `list` is the id of the list."""
    parts = [f"place = '{route.place}'"]
    if route.feed == "list":
        parts.append("list_id = %(list)s")
    if route.kind:
        of_kind = f"SELECT id FROM network_stream WHERE kind = '{route.kind}'"  # noqa: S608 - it is our own
        parts.append(f"stream_id IN ({of_kind})")
    return " AND ".join(parts)


def _condition(condition: Condition, column: Column) -> Q:
    flag = condition.flag
    holds = Q(**{flag.column: flag.value}) if flag else Q()
    concerns = [_concern(concern, column) for concern in condition.concerns]
    return holds & reduce(or_, concerns) if concerns else holds


def _concern(concern: Concern, column: Column) -> Q:
    match concern:
        case Concern.FOLLOWS_BOTH_SIDES:
            return _follows(column("actor")) & _follows(column("answered"))
        case Concern.TAKES_PART:
            own = Post.objects.filter(thread=column("thread"), author=OuterRef("follower"))
            return Q(Exists(own.filter(pk__lte=column("activity"))))


def _follows(person: Any) -> Q:
    accepted = Follow.objects.filter(stream=person, state=Follow.State.ACCEPTED)
    return Q(Exists(accepted.filter(follower=OuterRef("follower"))))


def _around(column: str) -> OuterRef:
    return OuterRef(OuterRef(column))


def _condition_sql(condition: Condition) -> str:
    parts = []
    if flag := condition.flag:
        is_text = isinstance(flag.value, str)
        parts.append(f"{flag.column} = '{flag.value}'" if is_text else f"{flag.column} = {flag.value}")
    if condition.concerns:
        parts.append(f"({_any_of(CONCERNS_SQL[concern] for concern in condition.concerns)})")
    return " AND ".join(parts) or "TRUE"


def _any_of(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions) or "FALSE"


CONCERNS_SQL: Mapping[Concern, str] = {
    Concern.FOLLOWS_BOTH_SIDES: """
        actor_id IN (SELECT stream_id FROM sides) AND answered_id IN (SELECT stream_id FROM sides)
    """,
    Concern.TAKES_PART: """
        EXISTS (
          SELECT 1 FROM network_post AS own WHERE own.thread_id = publication.thread_id
            AND own.author_id = %(person)s AND own.id <= publication.activity_id
        )
    """,
}
