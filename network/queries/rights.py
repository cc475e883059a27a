"""Who may read what, and who wants what: SQL, in one place, for every page, feed, frame and export.

`may_read` is a right: audience, blocks and deletion. What one may not read answers exactly like what
does not exist. `wants` is a wish (mutes): it filters feeds, frames, notices and suggestions, and never
a page that is opened by its address. `realtime/visibility/filtering.py` says the same for one reader in
memory; a test holds the two together.
"""

from __future__ import annotations

from datetime import datetime
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

from network.models import Addressee, Block, Follow, Group, Invitation, Mute, Person, Post
from network.queries.compiled import Build, ids_at, ids_for, moment_for

# Who looks: a person or, for asking about many at once, a column of the query around this one.
Viewer = Person | OuterRef

OPEN_AUDIENCES = (Post.Audience.PUBLIC, Post.Audience.UNLISTED)
MODERATING = (Follow.Role.MODERATOR, Follow.Role.OWNER)


def may_read(viewer: Viewer | None, post: str = "") -> Q:
    """The posts that `viewer` may read (None: somebody signed out).

    `post` is the prefix that leads from the queried table to the post, such as "post__". With
    `OuterRef("pk")` for a viewer, inside `Exists`, it tells which of many people may read a post.
    """
    alive = Q(**{f"{post}deleted_at": None})
    if viewer is None:
        return alive & Q(**{f"{post}hidden_at": None}) & _for_all(f"{post}thread__")
    return alive & (Q(**{f"{post}author": viewer}) | is_admitted(viewer, post))


def is_admitted(viewer: Viewer, post: str = "") -> Q:
    """The posts, deleted ones too, that `viewer` may read whoever wrote them.

    One's own words stay readable where one is not admitted any more; adding to them is another matter.
    """
    shown = Q(**{f"{post}hidden_at": None})
    thread = f"{post}thread__"
    own_thread = Q(**{f"{thread}author": viewer})
    moderated = Q(**{f"{thread}group__in": _ids(viewer, groups_of, MODERATING)})
    addressed = (
        _for_all(thread)
        | own_thread & ~Q(**{f"{thread}audience": Post.Audience.GROUP})
        | Q(**{f"{thread}group__in": _ids(viewer, groups_of)})
        | Q(
            **{f"{thread}audience": Post.Audience.FOLLOWERS, f"{thread}author__in": _ids(viewer, followed_by)}
        )
        | Q(
            **{
                f"{thread}audience": Post.Audience.DIRECT,
                f"{thread}in": _ids(viewer, addressed_to),
            }
        )
    )
    return moderated | (addressed & (shown | own_thread) & not_blocked(viewer, post))


def _for_all(thread: str) -> Q:
    return Q(**{f"{thread}audience__in": OPEN_AUDIENCES}) | Q(
        **{f"{thread}audience": Post.Audience.GROUP, f"{thread}group__kind": Group.Kind.OPEN}
    )


def not_blocked(viewer: Viewer, post: str = "") -> Q:
    """Posts whose author, and whose thread's author, has no block with `viewer` in either direction."""
    hidden_people = _ids(viewer, blocked_with)
    return ~Q(**{f"{post}author__in": hidden_people}) & ~Q(**{f"{post}thread__author__in": hidden_people})


def wants(viewer: Viewer, post: str = "", actor: str | None = None, *, moment: datetime | None = None) -> Q:
    """The posts that `viewer` has not muted, by person, thread, topic or word, at a moment: else now.

    `actor` is the path to the person who acts, where that may be another than the author (a reshare).
    """
    moment = moment or moment_for(viewer)
    mutes = muted_by(viewer, moment)
    people = _ids_at(viewer, moment, "muted_person")
    unwanted = (
        Q(**{f"{post}author__in": people})
        | Q(**{f"{post}thread__author__in": people})
        | Q(**{f"{post}thread__in": _ids_at(viewer, moment, "thread")})
        | Exists(mutes.filter(topic__threads__post=OuterRef(f"{post}thread")))
        | Exists(
            mutes.exclude(word="")
            .annotate(place=StrIndex(OuterRef(f"{post}words"), F("word")))
            .filter(place__gt=0)
        )
    )
    if actor is not None:
        unwanted |= Q(**{f"{actor}__in": people})
    return ~unwanted


def is_wanted(viewer: Person) -> ExpressionWrapper[Any]:
    """`wants` as a column of posts, for pages that put a line in the place of what is muted."""
    return ExpressionWrapper(wants(viewer), BooleanField())


def followed_by(person: Viewer) -> QuerySet[Any, Any]:
    """Ids of the streams that `person` follows, asked-for ones left out."""
    return Follow.objects.filter(follower=_within(person), state=Follow.State.ACCEPTED).values("stream")


def groups_of(person: Viewer, roles: tuple[str, ...] = ()) -> QuerySet[Any, Any]:
    """Ids of the groups that `person` is a member of, in one of `roles` where any are named."""
    memberships = Follow.objects.filter(follower=_within(person), state=Follow.State.ACCEPTED)
    memberships = memberships.filter(role__in=roles) if roles else memberships.exclude(role=Follow.Role.NONE)
    return memberships.values("stream")


def invited_to(person: Viewer, moment: datetime) -> QuerySet[Any, Any]:
    """Ids of the groups to which `person` has an invitation of their own that holds at a moment."""
    return Invitation.objects.filter(person=_within(person), expires_at__gt=moment).values("group")


def blocked_with(person: Viewer) -> QuerySet[Any, Any]:
    """Ids of the people with whom `person` has a block, in either direction."""
    one = _within(person)
    other = Case(When(blocker=one, then=F("blocked")), default=F("blocker"), output_field=BigIntegerField())
    return Block.objects.filter(Q(blocker=one) | Q(blocked=one)).annotate(other=other).values("other")


def addressed_to(person: Viewer) -> QuerySet[Any, Any]:
    """Ids of the direct threads that `person` is named in."""
    return Addressee.objects.filter(person=_within(person)).values("thread")


def muted_by(person: Viewer, moment: datetime, column: str = "") -> QuerySet[Any, Any]:
    """What `person` has muted at a moment; with a column, the ids of what is muted of that kind."""
    mutes = Mute.objects.filter(Q(until=None) | Q(until__gt=moment), person=_within(person))
    return mutes.exclude(**{column: None}).values(column) if column else mutes


def _ids(viewer: Viewer, build: Build, *args: Any) -> RawSQL | QuerySet[Any, Any]:
    return build(viewer, *args) if isinstance(viewer, OuterRef) else ids_for(viewer, build, *args)


def _ids_at(viewer: Viewer, moment: datetime, column: str) -> RawSQL | QuerySet[Any, Any]:
    """Ids of what `viewer` has muted; for one person it is always asked of now."""
    if isinstance(viewer, OuterRef):
        return muted_by(viewer, moment, column)
    return ids_at(viewer, muted_by, column)


def _within(viewer: Viewer) -> Viewer:
    """The viewer as a query that is nested in the one which is asked names them."""
    return OuterRef(viewer) if isinstance(viewer, OuterRef) else viewer
