"""The rules of who may read a post, and of what is muted, as conditions of a queryset.

`may_read` is a right: it follows from audience, membership, blocks and deletion. A post that a person may not
read is handled as if it did not exist. `not_muted` is a choice of the person: it applies to feeds, live
messages, notifications and suggestions, and never to a page that is opened by its address.
`realtime/visibility/filtering.py` states both rules for one connection in memory; a test compares them with
these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.utils import timezone

from network.models import Activity, Addressee, Block, Follow, Group, Invitation, Mute, Person, Post
from network.queries import site
from network.queries.compiled import Build, subquery
from network.queries.parameters import NOW, PERSON, Moment, Parameter

# The person who reads: a parameter in a compiled query, and a column of the outer query in `Exists` when many
# people are compared at once.
Viewer = Person | Parameter | OuterRef

Type = Activity.Type

OPEN_AUDIENCES = (Post.Audience.PUBLIC, Post.Audience.UNLISTED)
MODERATING = (Follow.Role.MODERATOR, Follow.Role.OWNER)


def may_read(viewer: Viewer | None, post: str = "") -> Q:
    """Posts that `viewer` may read; None is a visitor who is signed out.

    Visitors read nothing on a closed server. `post` is the path from the queried table to the post, such as
    "post__". With `OuterRef("pk")` as the viewer, inside `Exists`, the condition selects the people who may
    read a post.
    """
    alive = Q(**{f"{post}deleted_at": None})
    if viewer is None:
        return alive & Q(**{f"{post}hidden_at": None}) & _for_all(f"{post}thread__") & site.while_open()
    return alive & (Q(**{f"{post}author": viewer}) | is_admitted(viewer, post))


def is_admitted(viewer: Viewer, post: str = "") -> Q:
    """Posts, also deleted ones, that `viewer` may read even if somebody else wrote them.

    Authors can always read their own posts. They can change them only while they are admitted.
    """
    shown = Q(**{f"{post}hidden_at": None})
    thread = f"{post}thread__"
    own_thread = Q(**{f"{thread}author": viewer})
    moderated = Q(**{f"{thread}group__in": _ids(viewer, groups_of, MODERATING)})
    addressed = _for_all(thread)
    for rule in READING_RULES.values():
        addressed |= rule.threads(viewer, thread)
    return moderated | (addressed & (shown | own_thread) & not_blocked(viewer, post))


@dataclass(frozen=True)
class ReadingRule:
    """A rule that admits a person to threads that are not public.

    `threads(viewer, path)` is its condition; `path` leads from the queried table to the root of the thread.
    The answer for a person can change by activities of the types `changed_by`.
    """

    threads: Callable[[Viewer, str], Q]
    changed_by: frozenset[Activity.Type] = frozenset()


def _own_threads(viewer: Viewer, thread: str) -> Q:
    return Q(**{f"{thread}author": viewer}) & ~Q(**{f"{thread}audience": Post.Audience.GROUP})


def _threads_of_own_groups(viewer: Viewer, thread: str) -> Q:
    return Q(**{f"{thread}group__in": _ids(viewer, groups_of)})


def _threads_for_followers(viewer: Viewer, thread: str) -> Q:
    authors = _ids(viewer, followed_by)
    return Q(**{f"{thread}audience": Post.Audience.FOLLOWERS, f"{thread}author__in": authors})


def _threads_addressed_to(viewer: Viewer, thread: str) -> Q:
    threads = _ids(viewer, addressed_to)
    return Q(**{f"{thread}audience": Post.Audience.DIRECT, f"{thread}in": threads})


# All reading rules, by name. A package adds its own when it starts, before any query is compiled. Each has a
# predicate of the same name in `realtime.visibility.filtering` and lines in the oracle of the tests.
READING_RULES = {
    "author": ReadingRule(_own_threads),
    "member": ReadingRule(
        _threads_of_own_groups, frozenset({Type.JOIN, Type.LEAVE, Type.ACCEPT, Type.REMOVE})
    ),
    "follower": ReadingRule(
        _threads_for_followers, frozenset({Type.FOLLOW, Type.UNDO, Type.ACCEPT, Type.REJECT, Type.BLOCK})
    ),
    "addressee": ReadingRule(_threads_addressed_to),
}


def _for_all(thread: str) -> Q:
    return Q(**{f"{thread}audience__in": OPEN_AUDIENCES}) | Q(
        **{f"{thread}audience": Post.Audience.GROUP, f"{thread}group__kind": Group.Kind.OPEN}
    )


def not_blocked(viewer: Viewer, post: str = "") -> Q:
    """Posts without a block, in either direction, between `viewer` and the author of post or thread."""
    hidden_people = _ids(viewer, blocked_with)
    return ~Q(**{f"{post}author__in": hidden_people}) & ~Q(**{f"{post}thread__author__in": hidden_people})


def not_muted(viewer: Viewer, post: str = "", actor: str | None = None, *, moment: Moment | None = None) -> Q:
    """Posts that `viewer` has not muted, by person, thread, topic or word, at a moment (by default now).

    `actor` is the path to the person who acts, where this is not always the author: for reshares.
    """
    moment = moment or moment_for(viewer)
    mutes = muted_by(viewer, moment)
    people = _muted_ids(viewer, moment, "muted_person")
    muted = (
        Q(**{f"{post}author__in": people})
        | Q(**{f"{post}thread__author__in": people})
        | Q(**{f"{post}thread__in": _muted_ids(viewer, moment, "thread")})
        | Exists(mutes.filter(topic__threads__post=OuterRef(f"{post}thread")))
        | Exists(
            # Not by `exclude`: an index has that condition, and SQLite compiles a statement again at each
            # run if a parameter is compared like the condition of an index.
            mutes.filter(word__gt="")
            .annotate(place=StrIndex(OuterRef(f"{post}words"), F("word")))
            .filter(place__gt=0)
        )
    )
    if actor is not None:
        muted |= Q(**{f"{actor}__in": people})
    return ~muted


def is_not_muted(viewer: Viewer) -> ExpressionWrapper[Any]:
    """`not_muted` as an annotation of posts, for pages that show a line in place of a muted post."""
    return ExpressionWrapper(not_muted(viewer), BooleanField())


def followed_by(person: Viewer) -> QuerySet[Any, Any]:
    """Ids of the streams that `person` follows, without follows that are only requested."""
    return Follow.objects.filter(follower=_inside(person), state=Follow.State.ACCEPTED).values("stream")


def groups_of(person: Viewer, roles: tuple[str, ...] = ()) -> QuerySet[Any, Any]:
    """Ids of the groups that `person` is a member of, in one of `roles` if there are any."""
    memberships = Follow.objects.filter(follower=_inside(person), state=Follow.State.ACCEPTED)
    memberships = memberships.filter(role__in=roles) if roles else memberships.exclude(role=Follow.Role.NONE)
    return memberships.values("stream")


def invited_to(person: Viewer, moment: Moment) -> QuerySet[Any, Any]:
    """Ids of the groups to which `person` has a personal invitation that is valid at a moment."""
    return Invitation.objects.filter(person=_inside(person), expires_at__gt=moment).values("group")


def blocked_with(person: Viewer) -> QuerySet[Any, Any]:
    """Ids of the people with whom `person` has a block, in either direction."""
    one = _inside(person)
    other = Case(When(blocker=one, then=F("blocked")), default=F("blocker"), output_field=BigIntegerField())
    return Block.objects.filter(Q(blocker=one) | Q(blocked=one)).annotate(other=other).values("other")


def addressed_to(person: Viewer) -> QuerySet[Any, Any]:
    """Ids of the direct threads that are addressed to `person`."""
    return Addressee.objects.filter(person=_inside(person)).values("thread")


def muted_by(person: Viewer, moment: Moment, column: str = "") -> QuerySet[Any, Any]:
    """The mutes of `person` at a moment; with a column, the ids in that column."""
    mutes = Mute.objects.filter(Q(until=None) | Q(until__gt=moment), person=_inside(person))
    return mutes.exclude(**{column: None}).values(column) if column else mutes


def moment_for(viewer: Viewer) -> Moment:
    """The current time; in a compiled query, the time at which it runs."""
    return NOW if isinstance(viewer, Parameter) else timezone.now()


def _ids(viewer: Viewer, build: Build, *args: Any) -> RawSQL | QuerySet[Any, Any]:
    """The ids of `build(viewer, *args)`. For a Person the SQL is compiled only once."""
    if isinstance(viewer, Person):
        return subquery(build, PERSON, *args, person=viewer.pk)
    return build(viewer, *args)


def _muted_ids(viewer: Viewer, moment: Moment, column: str) -> RawSQL | QuerySet[Any, Any]:
    if isinstance(viewer, Person):
        return subquery(muted_by, PERSON, NOW, column, person=viewer.pk, now=moment)
    return muted_by(viewer, moment, column)


def _inside(viewer: Viewer) -> Viewer:
    """The viewer, as a query inside the query that has this viewer refers to it."""
    return OuterRef(viewer) if isinstance(viewer, OuterRef) else viewer
