"""A group, as one process knows it: who is on pages here, and what other processes last said of theirs.

Nothing is stored, read or sent here. Moments are in seconds of a clock that never goes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from realtime.connections.registry import Reader
from realtime.presence.permissions import Seat
from realtime.protocol.messages import frame

REPEAT = 4.0  # seconds between announcements while nothing changes
SILENCE = 10.0  # seconds after which a process that says nothing is forgotten, with its people
WRITING = 6.0  # seconds for which a page that said so is being written on
TELL = 1.0  # seconds between two frames
MOST_ANNOUNCED = 200  # people of one process
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Taken:
    """A seat that somebody has, and whether they write."""

    seat: Seat
    is_writing: bool


@dataclass(slots=True)
class Sitting:
    """A page of this process."""

    seat: Seat
    writes_until: float = 0.0
    asked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody at one place; whoever writes comes first, so that they are among the named."""

    people: dict[int, Seat]
    writing: frozenset[int]


class Room:
    def __init__(self) -> None:
        self.pages: dict[Reader, Sitting] = {}
        self.is_owed = True  # to other processes, which have not heard of the last change
        self._said_at = 0.0
        self._has_changed = True
        self._told_at = 0.0
        self._elsewhere: dict[str, tuple[float, frozenset[Taken]]] = {}
        self._crowds: dict[int, Crowd] = {}

    # Here

    def seat(self, reader: Reader, seat: Seat) -> None:
        sitting = self.pages.get(reader)
        if sitting is None or sitting.seat != seat:
            self.pages[reader] = Sitting(seat)
            self._change(is_owed=True)

    def leave(self, reader: Reader) -> None:
        if self.pages.pop(reader, None) is not None:
            self._change(is_owed=True)

    def write(self, reader: Reader, now: float) -> None:
        sitting = self.pages[reader]
        if sitting.writes_until <= now:
            self._change(is_owed=True)
        sitting.writes_until = now + WRITING

    # Elsewhere

    def hear(self, process: str, taken: Iterable[Taken], now: float) -> None:
        """Another process says who is there; one that is new is told at once who is here."""
        said = frozenset(taken)
        known = self._elsewhere.get(process)
        if known is None and said:
            self.is_owed = True
        if said != (known[1] if known is not None else frozenset()):
            self._change()
        if said:
            self._elsewhere[process] = now, said
        else:
            self._elsewhere.pop(process, None)

    # What follows

    def pass_time(self, now: float) -> None:
        """Forget whoever has not been heard of, and who does not write any more."""
        for process, (heard_at, _taken) in list(self._elsewhere.items()):
            if now - heard_at > SILENCE:
                del self._elsewhere[process]
                self._change()
        for sitting in self.pages.values():
            if 0 < sitting.writes_until <= now:
                sitting.writes_until = 0.0
                self._change(is_owed=True)

    def say(self, now: float) -> list[Taken] | None:
        """What other processes are to hear now; None where they know it."""
        if not self.is_owed and now - self._said_at < REPEAT:
            return None
        self.is_owed, self._said_at = False, now
        people = sorted({sitting.seat.person for sitting in self.pages.values()})[:MOST_ANNOUNCED]
        announced = set(people)
        return [taken for taken in self._here() if taken.seat.person in announced]

    def is_to_be_told(self, now: float) -> bool:
        """Whether pages are told of what changed; asking counts as telling."""
        if not self._has_changed or now - self._told_at < TELL:
            return False
        self._has_changed, self._told_at = False, now
        return True

    def frame_for(self, reader: Reader) -> str:
        """Who is here, as one page is told: without oneself, nor anybody with whom there is a block."""
        seat = self.pages[reader].seat
        crowd = self._crowd(seat)
        hidden = {*reader.rights.blocked, seat.person}
        visible = (one for person, one in crowd.people.items() if person not in hidden)
        named = list(islice(visible, MOST_NAMED))
        more = len(crowd.people) - sum(person in crowd.people for person in hidden) - len(named)
        return of(named, more, crowd.writing)

    def _crowd(self, seat: Seat) -> Crowd:
        """A group's page shows all who are in the group, a thread's those in the thread."""
        if (known := self._crowds.get(seat.place)) is not None:
            return known
        taken = [*self._here(), *(one for _at, said in self._elsewhere.values() for one in said)]
        if seat.place != seat.group:
            taken = [one for one in taken if one.seat.place == seat.place]
        writing = frozenset(
            one.seat.person for one in taken if one.is_writing and one.seat.place == seat.place
        )
        people = sorted({one.seat.person: one.seat for one in taken}.values(), key=_by_name)
        people.sort(key=lambda one: one.person not in writing)
        self._crowds[seat.place] = Crowd({one.person: one for one in people}, writing)
        return self._crowds[seat.place]

    def _here(self) -> list[Taken]:
        """One for each person and place, however many pages they have there."""
        writing = {sitting.seat for sitting in self.pages.values() if sitting.writes_until}
        return [Taken(seat, seat in writing) for seat in {one.seat: None for one in self.pages.values()}]

    def _change(self, *, is_owed: bool = False) -> None:
        self._has_changed = True
        self._crowds.clear()
        self.is_owed |= is_owed


def of(named: list[Seat], more: int, writing: frozenset[int]) -> str:
    return frame(
        "here",
        people=[
            {"id": str(one.person), "name": one.name, "handle": one.handle}
            for one in sorted(named, key=_by_name)
        ],
        more=more,
        writing=[str(one.person) for one in named if one.person in writing],
    )


def _by_name(seat: Seat) -> tuple[str, int]:
    return seat.name.casefold(), seat.person


NOBODY = of([], 0, frozenset())
