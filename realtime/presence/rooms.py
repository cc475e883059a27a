"""A group, as one process knows it: who is on pages here, and what other processes last said of theirs.

Nothing is stored, read or sent here. Moments are in seconds of a clock that never goes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from realtime.connections.registry import Connection
from realtime.presence.permissions import PresenceGrant
from realtime.protocol.messages import frame

REPEAT = 4.0  # seconds between announcements while nothing changes
SILENCE = 10.0  # seconds after which a process that says nothing is forgotten, with its people
WRITING = 6.0  # seconds for which a page that said so is being written on
TELL = 1.0  # seconds between two frames
MOST_ANNOUNCED = 200  # people of one process
MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Participant:
    """A seat that somebody has, and whether they write."""

    grant: PresenceGrant
    is_writing: bool


@dataclass(slots=True)
class OpenPage:
    """A page of this process."""

    grant: PresenceGrant
    writes_until: float = 0.0
    asked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody at one place; whoever writes comes first, so that they are among the named."""

    people: dict[int, PresenceGrant]
    writing: frozenset[int]


class Room:
    def __init__(self) -> None:
        self.pages: dict[Connection, OpenPage] = {}
        self.needs_announcement = True  # to other processes, which have not heard of the last change
        self._said_at = 0.0
        self._has_changed = True
        self._told_at = 0.0
        self._remote: dict[str, tuple[float, frozenset[Participant]]] = {}
        self._rosters: dict[int, Roster] = {}

    # Here

    def enter(self, connection: Connection, grant: PresenceGrant) -> None:
        page = self.pages.get(connection)
        if page is None or page.grant != grant:
            self.pages[connection] = OpenPage(grant)
            self._change(needs_announcement=True)

    def leave(self, connection: Connection) -> None:
        if self.pages.pop(connection, None) is not None:
            self._change(needs_announcement=True)

    def write(self, connection: Connection, now: float) -> None:
        page = self.pages[connection]
        if page.writes_until <= now:
            self._change(needs_announcement=True)
        page.writes_until = now + WRITING

    # Elsewhere

    def hear(self, process: str, participants: Iterable[Participant], now: float) -> None:
        """Another process says who is there; one that is new is told at once who is here."""
        said = frozenset(participants)
        known = self._remote.get(process)
        if known is None and said:
            self.needs_announcement = True
        if said != (known[1] if known is not None else frozenset()):
            self._change()
        if said:
            self._remote[process] = now, said
        else:
            self._remote.pop(process, None)

    # What follows

    def pass_time(self, now: float) -> None:
        """Forget whoever has not been heard of, and who does not write any more."""
        for process, (heard_at, _participants) in list(self._remote.items()):
            if now - heard_at > SILENCE:
                del self._remote[process]
                self._change()
        for page in self.pages.values():
            if 0 < page.writes_until <= now:
                page.writes_until = 0.0
                self._change(needs_announcement=True)

    def say(self, now: float) -> list[Participant] | None:
        """What other processes are to hear now; None where they know it."""
        if not self.needs_announcement and now - self._said_at < REPEAT:
            return None
        self.needs_announcement, self._said_at = False, now
        people = sorted({page.grant.person for page in self.pages.values()})[:MOST_ANNOUNCED]
        announced = set(people)
        return [one for one in self._local() if one.grant.person in announced]

    def take_change(self, now: float) -> bool:
        """Whether pages are told of what changed; asking counts as telling."""
        if not self._has_changed or now - self._told_at < TELL:
            return False
        self._has_changed, self._told_at = False, now
        return True

    def frame_for(self, connection: Connection) -> str:
        """Who is here, as one page is told: without oneself, nor anybody with whom there is a block."""
        grant = self.pages[connection].grant
        roster = self._roster(grant)
        hidden = {*connection.rights.blocked, grant.person}
        visible = (one for person, one in roster.people.items() if person not in hidden)
        named = list(islice(visible, MOST_NAMED))
        more = len(roster.people) - sum(person in roster.people for person in hidden) - len(named)
        return of(named, more, roster.writing)

    def _roster(self, grant: PresenceGrant) -> Roster:
        """A group's page shows all who are in the group, a thread's those in the thread."""
        if (known := self._rosters.get(grant.place)) is not None:
            return known
        participants = [*self._local(), *(one for _at, said in self._remote.values() for one in said)]
        if grant.place != grant.group:
            participants = [one for one in participants if one.grant.place == grant.place]
        writing = frozenset(
            one.grant.person for one in participants if one.is_writing and one.grant.place == grant.place
        )
        people = sorted({one.grant.person: one.grant for one in participants}.values(), key=_by_name)
        people.sort(key=lambda one: one.person not in writing)
        self._rosters[grant.place] = Roster({one.person: one for one in people}, writing)
        return self._rosters[grant.place]

    def _local(self) -> list[Participant]:
        """One for each person and place, however many pages they have there."""
        writing = {page.grant for page in self.pages.values() if page.writes_until}
        return [
            Participant(grant, grant in writing) for grant in {one.grant: None for one in self.pages.values()}
        ]

    def _change(self, *, needs_announcement: bool = False) -> None:
        self._has_changed = True
        self._rosters.clear()
        self.needs_announcement |= needs_announcement


def of(named: list[PresenceGrant], more: int, writing: frozenset[int]) -> str:
    return frame(
        "here",
        people=[
            {"id": str(one.person), "name": one.name, "handle": one.handle}
            for one in sorted(named, key=_by_name)
        ],
        more=more,
        writing=[str(one.person) for one in named if one.person in writing],
    )


def _by_name(grant: PresenceGrant) -> tuple[str, int]:
    return grant.name.casefold(), grant.person


NOBODY = of([], 0, frozenset())
