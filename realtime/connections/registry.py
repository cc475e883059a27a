"""The open pages of a process, and how far each is up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from realtime.connections.backpressure import WriteBuffer
from realtime.protocol.messages import EVERYBODY, Message, person_channel, stream_channel, thread_channel
from realtime.protocol.places import NOWHERE, STREAMS, Place
from realtime.visibility.filtering import goes_to
from realtime.visibility.rights import NOBODY, Rights


@dataclass(eq=False, slots=True)
class Connection:
    """One open page. Pages that share a socket share its `write_buffer`.

    The page is complete up to the id `since`: each message up to it was sent, or is not for this page.

    A connection is paused until it has caught up. Meanwhile messages wait in `queued`, which is None for a
    connection that is not paused. An overflowed connection is paused because its write buffer is full: no
    message is queued for it, and it catches up when the buffer has drained.

    `sent` holds frames of the last replay that may be announced afterwards, and are not sent again then.
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

    @property
    def is_paused(self) -> bool:
        return self.queued is not None

    def pause(self, upto: int) -> None:
        """Send nothing until the connection has caught up. It is complete up to the id `upto`."""
        if self.queued is None:
            self.since = max(self.since, upto)
        self.queued = []

    def needed_channels(self) -> Iterator[str]:
        """The channels on which changes of this page are announced, by the rights that are loaded."""
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
    """The open pages of a process, by channel and by person.

    Channels map to lists, connections hold tuples, and each channel name is stored once: a person who follows
    300 streams takes 24 bytes for each of them. Sets would take 70.
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
        self.subscribe(connection, ())
        self._people[connection.person].discard(connection)
        if not self._people[connection.person]:
            del self._people[connection.person]

    def subscribe(self, connection: Connection, channels: Iterable[str]) -> None:
        """Subscribe a connection to these channels and to no other."""
        wanted, current = set(channels), set(connection.channels)
        for channel in current - wanted:
            subscribed = self.channels[channel]
            subscribed.remove(connection)
            if not subscribed:
                del self.channels[channel], self._names[channel]
        for channel in wanted - current:
            self.channels[channel].append(connection)
        connection.channels = tuple(map(self._names.setdefault, wanted, wanted))

    def of_people(self, people: Collection[int]) -> list[Connection]:
        """The connections of some people. EVERYBODY among them stands for all connections."""
        if EVERYBODY in people:
            return list(self)
        return [connection for person in people for connection in self._people.get(person, ())]

    def signed_out(self) -> list[Connection]:
        """The connections without a person."""
        return list(self._people.get(None, ()))

    def subscribed_to(self, channels: Iterable[str]) -> set[Connection]:
        """The connections that are subscribed to one of some channels, as a new set."""
        return set().union(*(self.channels[name] for name in channels if name in self.channels))
