"""The switchboard: one in each process, from the channels of Redis to the open pages here.

It subscribes to the channels that some page here needs. The announcing process encodes a message once; each
switchboard filters it for each page by rights in memory. docs/live.md describes the whole way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from functools import partial

from django.conf import settings

from network import ids
from realtime.announcing import sessions
from realtime.connections.registry import Connection, Connections
from realtime.hub import replay
from realtime.hub.batching import Batcher
from realtime.hub.catch_up import CatchUp
from realtime.hub.counters import Counters
from realtime.hub.subscription import Lost, Subscription
from realtime.hub.tasks import Tasks
from realtime.limits import LIMITS, Limits
from realtime.presence import presence
from realtime.presence.presence import Presence, here_channel
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import EVERYBODY, Message, decode
from realtime.protocol.places import Place
from realtime.visibility.filtering import receives

log = logging.getLogger(__name__)


class Switchboard:
    """Owns the connections of a process and all parts that serve them.

    The parts do not know the switchboard. Each gets the connections, `send`, and what else it needs.
    A switchboard belongs to the event loop in which the first connection was added.
    """

    def __init__(self, url: str = "", limits: Limits = LIMITS) -> None:
        url = url or settings.CHANNELS_REDIS_URL
        self.limits = limits
        self.connections = Connections()
        self.person_of = Batcher(sessions.people_of)
        self.tasks = Tasks()
        self.subscription = Subscription(
            url, limits, on_message=self._receive, on_lost=self.pause_all, on_connected=self.refresh_all
        )
        self.presence = Presence(url, self.connections, self.send, limits)
        self.counters = Counters(self.connections, self.send, limits)
        self.catch_up = CatchUp(
            self.connections,
            self.subscription,
            self.presence,
            self.counters,
            send=self.send,
            overflow=self.overflow,
            start=self.tasks.start,
            limits=limits,
        )
        self.is_ending = False  # a page that connects now is closed at once
        self._recent: dict[tuple[str, int], None] = {}

    # Connections

    def add(self, connection: Connection) -> bool:
        """Add a connection. False, and nothing is added, where its person has too many sockets open."""
        if connection.person is not None:
            sockets = {other.write_buffer for other in self.connections.of_people([connection.person])}
            if len(sockets | {connection.write_buffer}) > self.limits.sockets_per_person:
                return False
        if not self.tasks:
            for part in (self.subscription, self.catch_up, self.counters, self.presence):
                self.tasks.start(part.run())
            self.tasks.start(self._check_now_and_then())
        self.connections.add(connection)
        return True

    def remove(self, connection: Connection) -> None:
        """Remove a connection that is closed or about to be. It gets nothing more."""
        self.connections.remove(connection)
        self.presence.remove(connection)
        self.catch_up.remove(connection)

    def watch(self, connection: Connection, place: Place, threads: frozenset[int], since: int) -> None:
        """Send what happened after the id `since` at a place and in some threads, then what happens next."""
        now = ids.now()
        connection.place, connection.threads = place, threads
        connection.queued, connection.since = [], min(since, now) or now
        self.catch_up.refresh([connection])

    def note_writing(self, connection: Connection) -> None:
        """A page says that somebody writes on it."""
        self.tasks.start(self.presence.note_writing(connection))

    async def hand_over(self) -> None:
        """Close all connections, a few at a time, so that they return to other processes a few at a time."""
        self.is_ending = True
        for number, connection in enumerate(list(self.connections)):
            await connection.close(Close.ENDING)
            if number % self.limits.closed_at_once == 0:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        """End everything that runs here."""
        await self.tasks.cancel()

    # Sending

    async def send(self, connection: Connection, frame: str) -> None:
        """Send a frame. A full write buffer makes the connection overflow; a broken socket is removed."""
        if connection.write_buffer.is_full:
            self.overflow(connection)
            return
        try:
            await connection.send(frame)
        except Exception:
            log.exception("A socket cannot be written to; the others are.")
            self.remove(connection)

    def overflow(self, connection: Connection) -> None:
        """Pause a connection until its write buffer has drained; close it after `longest_stall`."""
        connection.pause(ids.now())
        connection.overflowed = True
        connection.write_buffer.on_drain.append(partial(self.drained, connection))
        self.presence.leave(connection)
        loop = asyncio.get_running_loop()
        loop.call_later(self.limits.longest_stall, self._end_stall, connection, connection.since)

    def drained(self, connection: Connection) -> None:
        """The write buffer has drained: catch up."""
        if connection.overflowed:
            connection.overflowed = False
            self.catch_up.refresh([connection])

    def _end_stall(self, connection: Connection, since: int) -> None:
        if connection.overflowed and connection.since == since and connection in self.connections:
            self.tasks.start(connection.close(Close.TOO_SLOW))

    # Redis

    def pause_all(self) -> None:
        """The subscription was lost. Pages are complete up to the last id that was surely received."""
        for connection in self.connections:
            connection.pause(self.subscription.complete_upto)

    def refresh_all(self) -> None:
        """There is a new subscription. All pages catch up."""
        self.catch_up.refresh(self.connections.of_people([EVERYBODY]))

    async def _receive(self, raw: bytes) -> None:
        if raw.startswith(presence.PREFIX):
            self.presence.receive(raw)
            return
        message = decode(raw)
        if message is None or self._is_repeated(message):
            return
        match message.type:
            case "rights":
                self.catch_up.refresh(self.connections.of_people(message.people), message.id)
            case "group":
                self.catch_up.refresh(self.connections.subscribed_to(map(here_channel, message.streams)))
            case "writing":
                pages = self.connections.subscribed_to(message.channels)
                self.catch_up.refresh(one for one in pages if presence.is_in_thread(one, message.thread))
            case "sessions":
                self._check_sessions(self.connections.of_people(message.people))
            case "site":
                self._check_sessions(self.connections.signed_out())
            case "unread":
                self.counters.unread_changed(message.people)
            case "read":
                await self._deliver_to_people(message)
            case "counts":
                self.counters.counts_changed(message.posts)
            case _:
                await self._deliver(message)

    def _is_repeated(self, message: Message) -> bool:
        """Whether a message came before, by another channel. Remembers it."""
        key = message.type, message.id
        if key in self._recent:
            return True
        if message.id:
            self._recent[key] = None
            if len(self._recent) > self.limits.remembered_messages:
                del self._recent[next(iter(self._recent))]
        return False

    async def _deliver(self, message: Message) -> None:
        """Send a message to the pages that may see it; queue it for those that are paused."""
        for connection in self.connections.subscribed_to(message.channels):
            if connection.queued is None:
                is_new = message.frame not in connection.sent
                if is_new and receives(connection.rights, connection.place, message):
                    await self.send(connection, message.frame)
            elif len(connection.queued) >= self.limits.queued_messages:
                self.catch_up.refresh([connection])
            elif not connection.overflowed:
                connection.queued.append(message)

    async def _deliver_to_people(self, message: Message) -> None:
        """Send a message to the pages of its people that are not paused. It is not kept for the others."""
        for connection in self.connections.of_people(message.people):
            if not connection.is_paused:
                await self.send(connection, message.frame)

    # Sessions and silent losses

    def _check_sessions(self, connections: Collection[Connection]) -> None:
        """Some pages may have to close, as their session is over or the server closed: pause them until then.

        Overflowed pages are paused already, so for them only the sessions are checked.
        """
        self.catch_up.refresh(connections)
        if overflowed := [connection for connection in connections if connection.overflowed]:
            self.tasks.start(self.catch_up.check_sessions(overflowed))

    async def _check_now_and_then(self) -> None:
        """Find a loss of Redis that it did not report, and sessions that ended without an announcement."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await asyncio.sleep(self.limits.heartbeat)
            self._forget_sent()
            try:
                await self.subscription.sync(self.connections.channels)
            except Lost:
                continue
            if loop.time() - checked >= self.limits.session_check:
                checked = loop.time()
                self.tasks.start(self.catch_up.check_sessions(list(self.connections)))

    def _forget_sent(self) -> None:
        """Drop the frames of old replays: their activities have been announced by now."""
        settled = replay.earlier(ids.now(), self.limits.announced_within)
        for connection in self.connections:
            if connection.sent and connection.since < settled:
                connection.sent = frozenset()
