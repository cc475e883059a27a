"""Who may be seen in a group: those who may write there, where the group and they themselves show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from network.models import Follow, Person, Post
from network.queries import posts
from realtime.frames import Place


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a group: in one of its threads, or on its own page, and then `place` is the group."""

    group: int
    place: int
    person: int
    name: str
    handle: str

    @property
    def may_be_written_at(self) -> bool:
        """Whether the person may write here now. One query in a thread, none on the group's page."""
        return self.place == self.group or may_write(self.person, self.place)


def groups_of(places: Iterable[Place]) -> dict[Place, int]:
    """The groups to which pages belong, of threads only those where presence is shown. One query at most."""
    found = {place: place.id for place in places if place.kind == "group"}
    threads = {place.id for place in places if place.kind == "thread"}
    if threads:
        rows = Post.objects.filter(pk__in=threads, parent=None, group__shows_presence=True)
        found |= {Place("thread", thread): group for thread, group in rows.values_list("pk", "group")}
    return found


def given(asked: Iterable[tuple[int, Place, int]]) -> dict[tuple[int, Place], Seat]:
    """The seats that people may have, asked for by person, place and group.

    One query, and one for each page of a thread.
    """
    rows = Follow.objects.filter(
        follower__in={person for person, _place, _group in asked},
        stream__in={group for _person, _place, group in asked},
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
    for person, place, group in asked:
        if (who := members.get((person, group))) is not None:
            seat = Seat(group, place.id, person, *who)
            if seat.may_be_written_at:
                found[person, place] = seat
    return found


def may_write(person: int, thread: int) -> bool:
    return posts.may_comment(Person(pk=person), Post(pk=thread))
