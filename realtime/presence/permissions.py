"""Who may be seen in a group: those who may write there, where the group and they themselves show it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from network.models import Follow, Person, Post
from network.queries import posts
from realtime.protocol.places import Place


@dataclass(frozen=True, slots=True)
class PresenceGrant:
    """Somebody in a group: in one of its threads, or on its own page, and then `place` is the group."""

    group: int
    place: int
    person: int
    name: str
    handle: str

    @property
    def may_write_here(self) -> bool:
        """Whether the person may write here now. One query in a thread, none on the group's page."""
        return self.place == self.group or may_write(self.person, self.place)


@dataclass(frozen=True, slots=True)
class PresenceScope:
    """What a page belongs to: a group, or a thread in it, and whether its author lets all write there."""

    group: int
    author: int = 0
    is_for_all: bool = True


@dataclass(frozen=True, slots=True)
class PresenceRequest:
    """A seat that is asked for; `is_plain` where a member may surely write."""

    person: int
    place: Place
    group: int
    is_plain: bool


def scopes_of(places: Iterable[Place]) -> dict[Place, PresenceScope]:
    """What pages belong to, of threads only those where presence is shown. One query at most."""
    found = {place: PresenceScope(place.id) for place in places if place.kind == "group"}
    threads = {place.id for place in places if place.kind == "thread"}
    if threads:
        rows = Post.objects.filter(pk__in=threads, parent=None, group__shows_presence=True)
        for thread, group, author, commenting in rows.values_list("pk", "group", "author", "commenting"):
            found[Place("thread", thread)] = PresenceScope(
                group, author, commenting == Post.Commenting.EVERYONE
            )
    return found


def grant(requests: Collection[PresenceRequest]) -> dict[tuple[int, Place], PresenceGrant]:
    """The seats that people may have, by person and place.

    One query, and one for each wish that is not plain.
    """
    rows = Follow.objects.filter(
        follower__in={request.person for request in requests},
        stream__in={request.group for request in requests},
        state=Follow.State.ACCEPTED,
        follower__shows_presence=True,
        stream__group__shows_presence=True,
        stream__group__closed_at=None,
    ).exclude(role=Follow.Role.NONE)
    members = {
        (person, group): (name, handle)
        for person, group, name, handle in rows.values_list(
            "follower", "stream", "follower__name", "follower__handle"
        )
    }
    found = {}
    for request in requests:
        if (who := members.get((request.person, request.group))) is not None:
            allowed = PresenceGrant(request.group, request.place.id, request.person, *who)
            if request.is_plain or allowed.may_write_here:
                found[request.person, request.place] = allowed
    return found


def may_write(person: int, thread: int) -> bool:
    return posts.may_comment(Person(pk=person), Post(pk=thread))
