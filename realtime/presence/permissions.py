"""Who may be shown in a group: members who may write there, where the group and they themselves allow it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from network.models import Follow, Person, Post
from network.queries import posts
from realtime.protocol.places import Place


@dataclass(frozen=True, slots=True)
class PresenceGrant:
    """The permission to show a person in a group.

    `place` is the thread that the person's page shows, or the group itself for the page of the group.
    """

    group: int
    place: int
    person: int
    name: str
    handle: str

    def may_write(self) -> bool:
        """Whether the person may write here now. One query in a thread, none on the page of a group."""
        return self.place == self.group or posts.may_comment(Person(pk=self.person), Post(pk=self.place))


@dataclass(frozen=True, slots=True)
class PresenceScope:
    """The group that a page belongs to. For a thread also its author, and whether all may comment."""

    group: int
    author: int = 0
    is_for_all: bool = True


@dataclass(frozen=True, slots=True)
class PresenceRequest:
    """A request for a PresenceGrant; `is_plain` skips the permission query."""

    person: int
    place: Place
    group: int
    is_plain: bool


def load_scopes(places: Iterable[Place]) -> dict[Place, PresenceScope]:
    """The scopes of places. Threads of groups without presence have none. One query at most."""
    found = {place: PresenceScope(place.id) for place in places if place.kind == "group"}
    threads = {place.id for place in places if place.kind == "thread"}
    if threads:
        rows = Post.objects.filter(pk__in=threads, parent=None, group__shows_presence=True)
        for thread, group, author, commenting in rows.values_list("pk", "group", "author", "commenting"):
            is_for_all = commenting == Post.Commenting.EVERYONE
            found[Place("thread", thread)] = PresenceScope(group, author, is_for_all)
    return found


def grant(requests: Collection[PresenceRequest]) -> dict[tuple[int, Place], PresenceGrant]:
    """The grants for those requests that are allowed, by person and place.

    One query, and one for each request that is not plain.
    """
    rows = Follow.objects.filter(
        follower__in={request.person for request in requests},
        stream__in={request.group for request in requests},
        state=Follow.State.ACCEPTED,
        follower__shows_presence=True,
        stream__group__shows_presence=True,
        stream__group__closed_at=None,
    ).exclude(role=Follow.Role.NONE)
    columns = ("follower", "stream", "follower__name", "follower__handle")
    members = {(person, group): (name, handle) for person, group, name, handle in rows.values_list(*columns)}
    grants = {}
    for request in requests:
        if (names := members.get((request.person, request.group))) is not None:
            allowed = PresenceGrant(request.group, request.place.id, request.person, *names)
            if request.is_plain or allowed.may_write():
                grants[request.person, request.place] = allowed
    return grants
