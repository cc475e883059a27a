"""Sending pages what they can take; and holding those that must catch up first.

A page whose rights may have changed, that may have missed something, or that did not keep up is held: it
gets nothing until its rights have been read again and what it missed has been sent.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from realtime.announcing import sessions
from realtime.connections.registry import Connection, Connections, now
from realtime.hub import replay
from realtime.hub.counters import Counters
from realtime.hub.replay import Replay, ReplayRequest
from realtime.hub.subscription import Lost, Subscription
from realtime.presence import presence
from realtime.presence.presence import Presence
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import EVERYBODY, frame, person_channel
from realtime.visibility import rights
from realtime.visibility.filtering import receives

log = logging.getLogger(__name__)

LONGEST_STALL = 60.0  # seconds that a page may not read before its socket is closed
TOGETHER = 50  # pages that catch up at once

Start = Callable[[Coroutine[Any, Any, None]], None]


class CatchUp:
    """The pages of a process that are held, and how each gets to go on. `start` runs something beside."""

    def __init__(self, connections: Connections, subscription: Subscription, start: Start) -> None:
        self.connections = connections
        self.subscription = subscription
        self.counters = Counters(connections, self.send)
        self.presence = Presence(subscription.url, connections, self.send)
        self._start = start
        self._stale: set[Connection] = set()
        self._catching_up = False

    def remove(self, connection: Connection) -> None:
        """A page is closed, or about to be: it gets nothing more."""
        self.connections.remove(connection)
        self.presence.remove(connection)
        self._stale.discard(connection)

    async def send(self, connection: Connection, text: str) -> None:
        if connection.write_buffer.is_full:
            self.overflow(connection)
            return
        try:
            await connection.send(text)
        except Exception:
            log.exception("A socket cannot be written to; the others are.")
            self.remove(connection)

    def refresh(self, connections: Iterable[Connection], upto: int = 0) -> None:
        """Hold readers; then read their rights again, send what they missed, and let them go on.

        What they were sent is complete up to now, or up to an act that was announced only now.
        """
        for connection in connections:
            if not connection.overflowed:
                connection.pause(upto or now())
                self._stale.add(connection)
        if self._stale and not self._catching_up:
            self._catching_up = True
            self._start(self._catch_up())

    def sessions_moved(self, people: Collection[int]) -> None:
        """Sessions of some people may be over: their pages are held until that is known.

        Those that do not read get nothing as it is, and are only asked about.
        """
        connections = self.connections.of(people)
        self.refresh(connections)
        if overflowed := [connection for connection in connections if connection.overflowed]:
            self._start(self.check_sessions(overflowed))

    def overflow(self, connection: Connection) -> None:
        connection.pause(now())
        connection.overflowed = True
        connection.write_buffer.on_drain.append(partial(self.drained, connection))
        self.presence.leave(connection)
        loop = asyncio.get_running_loop()
        loop.call_later(LONGEST_STALL, self._end_stall, connection, connection.since)

    def drained(self, connection: Connection) -> None:
        if connection.overflowed:
            connection.overflowed = False
            self.refresh([connection])

    def _end_stall(self, connection: Connection, since: int) -> None:
        if connection.overflowed and connection.since == since and connection in self.connections:
            self._start(connection.close(Close.TOO_SLOW))

    def forget_sent(self) -> None:
        """Let go of what pages were told when they caught up, where all of it has been announced since."""
        settled = replay.earlier(now(), replay.ANNOUNCED_WITHIN)
        for connection in self.connections:
            if connection.sent and connection.since < settled:
                connection.sent = frozenset()

    def lost(self) -> None:
        for connection in self.connections:
            connection.pause(self.subscription.heard_until)

    def back(self) -> None:
        self.refresh(self.connections.of([EVERYBODY]))

    async def _catch_up(self) -> None:
        try:
            while self._stale:
                await self.subscription.is_open.wait()
                connections = set(itertools.islice(self._stale, TOGETHER))
                self._stale -= connections
                try:
                    await self._catch_up_with(connections)
                except Lost:
                    continue  # everybody is stale once there is a connection again
                except DatabaseError:
                    log.exception("The database did not answer; open pages wait.")
                    await asyncio.sleep(1)
                    self._stale |= {
                        connection for connection in connections if connection in self.connections
                    }
                except Exception:
                    log.exception("Some pages could not be caught up with; they come again.")
                    await self._send_away(connections)
        finally:
            self._catching_up = False

    async def _send_away(self, connections: Iterable[Connection]) -> None:
        """Close pages that would otherwise be held for good."""
        for connection in connections:
            if connection in self.connections:
                self._start(connection.close(Close.FAILED))

    async def _catch_up_with(self, connections: set[Connection]) -> None:
        """Hear first, then read: what is committed after the reading is announced to who hears already."""
        people = {connection.person for connection in connections if connection.person is not None}
        for connection in connections:
            if connection.person is not None and connection in self.connections:
                self.connections.connect(
                    connection, (*connection.channels, person_channel(connection.person))
                )
        await self.subscription.sync(self.connections.channels)
        await self.check_sessions(connections)
        known = await database_sync_to_async(rights.load)(people)
        for connection in connections:
            if connection in self.connections:
                connection.rights = known.get(connection.person or 0, rights.NOBODY)
        scopes = await self.presence.scopes(connections)
        for connection in connections:
            if connection in self.connections:
                self.connections.connect(
                    connection, (*connection.needs(), *presence.channels(connection, scopes))
                )
        await self.subscription.sync(self.connections.channels)
        await self.presence.join(connections, scopes)
        here = [connection for connection in connections if connection in self.connections]
        asked = [
            ReplayRequest(connection.rights, connection.place, connection.threads, connection.since)
            for connection in here
        ]
        for connection, missed in zip(here, await self._missed(asked), strict=True):
            await self._replay(connection, missed)

    async def check_sessions(self, connections: Iterable[Connection]) -> None:
        """Close the pages whose session is over, which may have been said while nobody heard it."""
        signed_in = [
            connection
            for connection in connections
            if connection.person is not None and connection in self.connections
        ]
        if not signed_in:
            return
        valid = await database_sync_to_async(sessions.valid)({connection.session for connection in signed_in})
        for connection in signed_in:
            if connection.session not in valid:
                await connection.close(Close.SIGNED_OUT)

    async def _missed(self, asked: Sequence[ReplayRequest]) -> Sequence[Replay | None]:
        """What pages missed; None for one that cannot be told, which holds up no other."""
        ask = database_sync_to_async(replay.load_replays)
        try:
            return await ask(asked) if asked else ()
        except DatabaseError:
            raise
        except Exception:
            log.exception("Some pages could not be caught up with.")
            if len(asked) == 1:
                return (None,)
            return [missed for one in asked for missed in await self._missed([one])]

    async def _replay(self, connection: Connection, missed: Replay | None) -> None:
        if connection in self._stale or connection not in self.connections:
            return
        if missed is None:
            await connection.close(Close.FAILED)  # and it will come again
            return
        if connection.write_buffer.is_full:
            self.overflow(connection)
            return
        waiting, connection.queued, connection.since = connection.queued or [], None, now()
        connection.sent = missed.unannounced
        for text in missed.frames:
            await connection.send(text)
        await connection.send(frame("more" if missed.more else "ready", since=str(connection.since)))
        for message in waiting:
            if message.frame not in missed.frames and receives(connection.rights, connection.place, message):
                await self.send(connection, message.frame)
        await self.presence.tell(connection)
        self.counters.counts_changed(missed.counted)
        if connection.person is not None:
            self.counters.unread_changed([connection.person])
