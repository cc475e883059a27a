"""Open pages: who reads, what is in view, how far each has got, and whether it keeps up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from network import ids
from realtime.connections.backpressure import WriteBuffer
from realtime.protocol.messages import EVERYBODY, Message, person_channel, stream_channel, thread_channel
from realtime.protocol.places import NOWHERE, STREAMS, Place
from realtime.visibility.filtering import goes_to
from realtime.visibility.rights import NOBODY, Rights


@dataclass(eq=False, slots=True)
class Connection:
    """An open page, as the switchboard knows it. Pages that share a socket have the same `flow`.

    Everything up to the id `since` has been sent, or was not for this reader. `held` are messages that wait
    until the reader has caught up; None while they go out at once. `told` are frames that it got when it
    caught up, and that may be announced only now. A reader that is `behind` gets nothing, and nothing is
    kept for it, until its socket has drained.
    """

    send: Callable[[str], Awaitable[None]]
    close: Callable[[int], Coroutine[Any, Any, None]]
    person: int | None = None
    session: str = ""
    write_buffer: WriteBuffer = field(default_factory=WriteBuffer)
    place: Place = NOWHERE
    threads: frozenset[int] = frozenset()
    rights: Rights = NOBODY
    since: int = 0
    queued: list[Message] | None = field(default_factory=list)
    sent: frozenset[str] = frozenset()
    overflowed: bool = False
    channels: tuple[str, ...] = ()

    def pause(self, upto: int) -> None:
        """Send nothing from now on; what went out until now was complete up to the id `upto`."""
        if self.queued is None:
            self.since = max(self.since, upto)
        self.queued = []

    def needs(self) -> Iterator[str]:
        """The channels on which what this page shows is announced, as far as its rights are known."""
        if self.person is not None:
            yield person_channel(self.person)
            if self.place.kind == "home":
                yield stream_channel(self.person)
            for stream in goes_to(self.rights, self.place):
                yield stream_channel(stream)
        if self.place.kind in STREAMS:
            yield stream_channel(self.place.id)
        elif self.place.kind == "thread":
            yield thread_channel(self.place.id)
        for thread in self.threads:
            yield thread_channel(thread)


class Connections:
    """The open pages of a process, by the channels that they need and by their people.

    Lists and tuples rather than sets, and each name of a channel once: who follows 300 streams takes eight
    bytes for each three times, where sets take seventy.
    """

    def __init__(self) -> None:
        self.channels: defaultdict[str, list[Connection]] = defaultdict(list)
        self._names: dict[str, str] = {}
        self._people: defaultdict[int | None, set[Connection]] = defaultdict(set)

    def __iter__(self) -> Iterator[Connection]:
        return (connection for connections in self._people.values() for connection in connections)

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._people.get(connection.person, ())

    def add(self, connection: Connection) -> None:
        self._people[connection.person].add(connection)

    def remove(self, connection: Connection) -> None:
        self.connect(connection, ())
        self._people[connection.person].discard(connection)
        if not self._people[connection.person]:
            del self._people[connection.person]

    def connect(self, connection: Connection, channels: Iterable[str]) -> None:
        """Let a reader hear these channels and no other."""
        wanted, heard = set(channels), set(connection.channels)
        for channel in heard - wanted:
            here = self.channels[channel]
            here.remove(connection)
            if not here:
                del self.channels[channel], self._names[channel]
        for channel in wanted - heard:
            self.channels[channel].append(connection)
        connection.channels = tuple(map(self._names.setdefault, wanted, wanted))

    def of(self, people: Collection[int]) -> list[Connection]:
        """The pages of some people."""
        if EVERYBODY in people:
            return list(self)
        return [connection for person in people for connection in self._people.get(person, ())]

    def subscribed_to(self, channels: Iterable[str]) -> set[Connection]:
        """The pages that hear one of some channels, as a set that may be changed meanwhile."""
        return set().union(*(self.channels[name] for name in channels if name in self.channels))


def now() -> int:
    """The id of this moment."""
    return ids.now()
