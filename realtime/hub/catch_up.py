"""Catching up: bring paused connections up to date, many at once.

A connection is paused when its rights may have changed, when it may have missed something, and when its write
buffer was full. It gets nothing until its rights are loaded again and a replay of what it missed is sent.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from network import ids
from realtime.announcing import sessions
from realtime.connections.registry import Connection, Connections
from realtime.hub import replay
from realtime.hub.counters import Counters
from realtime.hub.replay import Replay, ReplayRequest
from realtime.hub.subscription import Lost, Subscription
from realtime.limits import Limits
from realtime.presence import presence
from realtime.presence.presence import Presence
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import complete_frame, person_channel
from realtime.visibility import rights
from realtime.visibility.filtering import receives

log = logging.getLogger(__name__)

Send = Callable[[Connection, str], Awaitable[None]]
Start = Callable[[Coroutine[Any, Any, None]], None]


class CatchUp:
    """The connections that must catch up.

    `send` sends a frame to a connection, `overflow` pauses one whose write buffer is full, and `start` runs a
    coroutine in the background.
    """

    def __init__(
        self,
        connections: Connections,
        subscription: Subscription,
        presence: Presence,
        counters: Counters,
        *,
        send: Send,
        overflow: Callable[[Connection], None],
        start: Start,
        limits: Limits,
    ) -> None:
        self.connections = connections
        self.subscription = subscription
        self.presence = presence
        self.counters = counters
        self.send = send
        self.overflow = overflow
        self.limits = limits
        self._start = start
        self._stale: set[Connection] = set()
        self._has_stale = asyncio.Event()

    def refresh(self, connections: Iterable[Connection], upto: int = 0) -> None:
        """Pause connections until they have caught up.

        They are complete up to the id `upto`, of an act that is announced only now; by default up to now.
        Overflowed connections are left alone: they catch up when their write buffer has drained.
        """
        for connection in connections:
            if not connection.overflowed:
                connection.pause(upto or ids.now())
                self._stale.add(connection)
                self._has_stale.set()

    def remove(self, connection: Connection) -> None:
        self._stale.discard(connection)

    async def run(self) -> None:
        """Catch up with connections as they become stale, until cancelled."""
        while True:
            await self._has_stale.wait()
            await self.subscription.is_open.wait()
            connections = set(itertools.islice(self._stale, self.limits.catch_up_at_once))
            self._stale -= connections
            if not self._stale:
                self._has_stale.clear()
            await self._try(connections)

    async def _try(self, connections: set[Connection]) -> None:
        """Catch up with connections. They are tried again after a failure of the database."""
        try:
            await self._catch_up(connections)
        except Lost:
            return  # a new subscription makes all connections stale
        except DatabaseError:
            log.exception("The database did not answer; open pages wait.")
            await asyncio.sleep(1)
            if here := self._still_here(connections):
                self._stale.update(here)
                self._has_stale.set()
        except Exception:
            log.exception("Some pages could not be caught up with; they come again.")
            for connection in self._still_here(connections):
                self._start(connection.close(Close.FAILED))  # else it would stay paused

    async def _catch_up(self, connections: set[Connection]) -> None:
        """Subscribe first, then read: what is committed after the reading is announced to these connections.

        At most six queries for sessions and rights, and those of presence, beside the replay.
        """
        for connection in self._still_here(connections):
            if connection.person is not None:
                own = person_channel(connection.person)
                self.connections.subscribe(connection, (*connection.channels, own))
        await self.subscription.sync(self.connections.channels)
        await self.check_sessions(connections)
        people = {connection.person for connection in connections if connection.person is not None}
        loaded = await database_sync_to_async(rights.load)(people)
        for connection in self._still_here(connections):
            connection.rights = loaded.get(connection.person or 0, rights.NOBODY)
        scopes = await self.presence.load_scopes(connections)
        for connection in self._still_here(connections):
            needed = (*connection.needed_channels(), *presence.channels(connection, scopes))
            self.connections.subscribe(connection, needed)
        await self.subscription.sync(self.connections.channels)
        await self.presence.join(connections, scopes)
        await self._replay(self._still_here(connections))

    async def check_sessions(self, connections: Iterable[Connection]) -> None:
        """Close the connections whose session is over; on a closed server, those without a person too.

        Three queries at most.
        """
        here = self._still_here(connections)
        keys = {connection.session for connection in here}
        valid = await database_sync_to_async(sessions.keep_valid)(keys) if keys else keys
        for connection in here:
            if connection.session not in valid:
                await connection.close(Close.SIGNED_OUT)

    async def _replay(self, connections: Sequence[Connection]) -> None:
        requests = [
            ReplayRequest(connection.rights, connection.place, connection.threads, connection.since)
            for connection in connections
        ]
        for connection, found in zip(connections, await self._load_replays(requests), strict=True):
            await self._send_replay(connection, found)

    async def _load_replays(self, requests: Sequence[ReplayRequest]) -> Sequence[Replay | None]:
        """The replay for each request; None for a request that fails. It fails alone."""
        if not requests:
            return ()
        try:
            found: list[Replay] = await database_sync_to_async(replay.load_replays)(requests, self.limits)
            return found
        except DatabaseError:
            raise
        except Exception:
            log.exception("Some pages could not be caught up with.")
            if len(requests) == 1:
                return (None,)
            return [found for request in requests for found in await self._load_replays([request])]

    async def _send_replay(self, connection: Connection, found: Replay | None) -> None:
        """Send a replay, then what was queued meanwhile; the connection is paused no longer."""
        if connection in self._stale or connection not in self.connections:
            return
        if found is None:
            await connection.close(Close.FAILED)
            return
        if connection.write_buffer.is_full:
            self.overflow(connection)
            return
        queued, connection.queued, connection.since = connection.queued or [], None, ids.now()
        connection.sent = found.unannounced
        for text in found.frames:
            await connection.send(text)
        await connection.send(complete_frame(connection.since, more=found.more))
        for message in queued:
            is_new = message.frame not in found.frames
            if is_new and receives(connection.rights, connection.place, message):
                await self.send(connection, message.frame)
        await self.presence.send_roster(connection)
        self.counters.counts_changed(found.counted)
        if connection.person is not None:
            self.counters.unread_changed([connection.person])

    def _still_here(self, connections: Iterable[Connection]) -> list[Connection]:
        return [connection for connection in connections if connection in self.connections]
