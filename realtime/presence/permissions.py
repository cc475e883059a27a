"""Who may be shown in a group: members who may write there, where the group and they themselves allow it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from network.models import Follow, Person, Post
from network.queries import posts
from realtime.protocol.places import Place
from realtime.visibility.follow_flags import MEMBER
from realtime.visibility.loading import load_threads
from realtime.visibility.rights import Rights
from realtime.visibility.writing import Thread, may_comment


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
    """The group that a page belongs to, and the thread that it shows, if it shows one."""

    group: int
    thread: Thread | None = None

    def has_member(self, rights: Rights) -> bool:
        """Whether the person is a member of the group."""
        return bool(rights.follows.get(self.group) & MEMBER)

    def lets_write(self, rights: Rights) -> bool:
        """Whether the person is a member, and may write in the thread."""
        return self.has_member(rights) and (self.thread is None or may_comment(rights, self.thread))


@dataclass(frozen=True, slots=True)
class PresenceRequest:
    """A request for a PresenceGrant, by a person who may write at the place."""

    person: int
    place: Place
    group: int


def load_scopes(places: Iterable[Place], people: Collection[int]) -> dict[Place, PresenceScope]:
    """The scopes of places, to decide about some people. Threads of groups without presence have none.

    No query for groups; for threads those of `load_threads`.
    """
    found = {place: PresenceScope(place.id) for place in places if place.kind == "group"}
    threads = {place.id for place in places if place.kind == "thread"}
    if threads:
        roots = Post.objects.filter(pk__in=threads, parent=None, group__shows_presence=True)
        for id, thread in load_threads(roots, people).items():
            found[Place("thread", id)] = PresenceScope(thread.root.group or 0, thread)
    return found


def grant(requests: Collection[PresenceRequest]) -> dict[tuple[int, Place], PresenceGrant]:
    """The grants for those requests that are allowed, by person and place. One query."""
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
    return {
        (request.person, request.place): PresenceGrant(
            request.group, request.place.id, request.person, *members[request.person, request.group]
        )
        for request in requests
        if (request.person, request.group) in members
    }
