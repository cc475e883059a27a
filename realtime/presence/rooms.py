"""The presence in one group, as one process knows it.

A room knows the pages of this process and what other processes last announced. It reads, stores and sends
nothing. Times are seconds of a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from realtime.connections.registry import Connection
from realtime.limits import Limits
from realtime.presence.permissions import PresenceGrant
from realtime.protocol.messages import frame


@dataclass(frozen=True, slots=True)
class Participant:
    """A person who is present at a place, and whether they write there."""

    grant: PresenceGrant
    is_writing: bool


@dataclass(slots=True)
class OpenPage:
    """A page of this process."""

    grant: PresenceGrant
    writes_until: float = 0.0
    checked_at: float = 0.0  # when it was last checked that the person may write


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody at one place. Those who write come first, so that they are among the named."""

    people: dict[int, PresenceGrant]
    writing: frozenset[int]


class Room:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.pages: dict[Connection, OpenPage] = {}
        self.needs_announcement = True  # other processes do not know the last change of `pages`
        self.has_changed = True  # pages do not know the last change of the rosters
        self.remote: dict[str, tuple[float, frozenset[Participant]]] = {}  # by process; the time it was heard
        self._announced_at = 0.0
        self._shown_at = 0.0
        self._rosters: dict[int, Roster] = {}

    # Pages of this process

    def enter(self, connection: Connection, grant: PresenceGrant) -> None:
        page = self.pages.get(connection)
        if page is None or page.grant != grant:
            self.pages[connection] = OpenPage(grant)
            self._change(of_ours=True)

    def leave(self, connection: Connection) -> None:
        if self.pages.pop(connection, None) is not None:
            self._change(of_ours=True)

    def note_writing(self, connection: Connection, now: float) -> None:
        page = self.pages[connection]
        if page.writes_until <= now:
            self._change(of_ours=True)
        page.writes_until = now + self.limits.writing_for

    # Other processes

    def receive(self, process: str, announced: Iterable[Participant], now: float) -> None:
        """Another process announces its participants. A new process makes this one announce its own."""
        participants = frozenset(announced)
        known = self.remote.get(process)
        if known is None and participants:
            self.needs_announcement = True
        if participants != (known[1] if known is not None else frozenset()):
            self._change()
        if participants:
            self.remote[process] = now, participants
        else:
            self.remote.pop(process, None)

    # Time

    def expire(self, now: float) -> None:
        """Forget processes that have been silent for too long, and people who stopped writing."""
        for process, (heard_at, _participants) in list(self.remote.items()):
            if now - heard_at > self.limits.forgotten_after:
                del self.remote[process]
                self._change()
        for page in self.pages.values():
            if 0 < page.writes_until <= now:
                page.writes_until = 0.0
                self._change(of_ours=True)

    def take_announcement(self, now: float) -> list[Participant] | None:
        """The participants to announce to other processes now; None where no announcement is due."""
        if not self.needs_announcement and now - self._announced_at < self.limits.announce_every:
            return None
        self.needs_announcement, self._announced_at = False, now
        people = sorted({page.grant.person for page in self.pages.values()})
        announced = set(people[: self.limits.announced_people])
        return [one for one in self._local() if one.grant.person in announced]

    def take_change(self, now: float) -> bool:
        """Whether pages get a new roster now. Then the change counts as shown."""
        if not self.has_changed or now - self._shown_at < self.limits.roster_interval:
            return False
        self.has_changed, self._shown_at = False, now
        return True

    # Rosters

    def frame_for(self, connection: Connection) -> str:
        """The roster for one page: without its person, and without those with whom there is a block."""
        grant = self.pages[connection].grant
        roster = self._roster(grant)
        hidden = {*connection.rights.blocked, grant.person}
        visible = (one for person, one in roster.people.items() if person not in hidden)
        named = list(islice(visible, self.limits.named_people))
        more = len(roster.people) - sum(person in roster.people for person in hidden) - len(named)
        return roster_frame(named, more, roster.writing)

    def _roster(self, grant: PresenceGrant) -> Roster:
        """The page of a group shows everybody in the group, a thread shows those in the thread."""
        if (known := self._rosters.get(grant.place)) is not None:
            return known
        everybody = [*self._local(), *(one for _at, remote in self.remote.values() for one in remote)]
        here = [one for one in everybody if grant.place in (one.grant.place, one.grant.group)]
        writing = frozenset(
            one.grant.person for one in here if one.is_writing and one.grant.place == grant.place
        )
        people = sorted({one.grant.person: one.grant for one in here}.values(), key=_by_name)
        people.sort(key=lambda one: one.person not in writing)
        self._rosters[grant.place] = Roster({one.person: one for one in people}, writing)
        return self._rosters[grant.place]

    def _local(self) -> list[Participant]:
        """The participants of this process: one for each person and place, for any number of pages."""
        writing = {page.grant for page in self.pages.values() if page.writes_until}
        grants = {page.grant: None for page in self.pages.values()}
        return [Participant(grant, grant in writing) for grant in grants]

    def _change(self, *, of_ours: bool = False) -> None:
        """The participants changed. Other processes must know it if they are of this process (`of_ours`)."""
        self.has_changed = True
        self._rosters.clear()
        self.needs_announcement |= of_ours


def roster_frame(named: list[PresenceGrant], more: int, writing: frozenset[int]) -> str:
    people = [
        {"id": str(one.person), "name": one.name, "handle": one.handle} for one in sorted(named, key=_by_name)
    ]
    return frame(
        "here", people=people, more=more, writing=[str(one.person) for one in named if one.person in writing]
    )


def _by_name(grant: PresenceGrant) -> tuple[str, int]:
    return grant.name.casefold(), grant.person


EMPTY_ROSTER = roster_frame([], 0, frozenset())
