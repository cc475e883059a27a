"""One in each process: from the channels of Redis to the open pages here that may see what is announced.

Redis is asked only for channels that some page here needs. A message is encoded once, by whoever announces
it, and filtered for each page by rights in memory. docs/live.md tells the whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from django.conf import settings

from realtime.announcing import sessions
from realtime.connections.registry import Connection, Connections, now
from realtime.hub.batching import Batcher
from realtime.hub.catch_up import CatchUp
from realtime.hub.subscription import Lost, Subscription
from realtime.presence import presence
from realtime.presence.presence import here_channel
from realtime.protocol.close_codes import Close
from realtime.protocol.messages import Message, decode
from realtime.protocol.places import Place
from realtime.visibility.filtering import receives

log = logging.getLogger(__name__)

SOCKETS_A_PERSON = 10
MOST_QUEUED = 300  # messages; after them a reader starts to catch up from the beginning
REMEMBERED = 1024  # messages; one that comes by several channels is sent once
HEARTBEAT = 5.0  # seconds between questions whether Redis is still there
SENT_AWAY = 20  # pages in 10 ms, when the process ends
CHECK_SESSIONS = 60.0  # seconds; what nobody announced is found out by then


class Switchboard:
    """What connects the pages of a process. It belongs to the event loop in which the first page came."""

    def __init__(self, url: str = "") -> None:
        self.connections = Connections()
        self.subscription = Subscription(
            url or settings.CHANNELS_REDIS_URL,
            hear=self._hear,
            lost=lambda: self.catch_up.lost(),
            back=lambda: self.catch_up.back(),
        )
        self.catch_up = CatchUp(self.connections, self.subscription, self._start)
        self.person_of = Batcher(sessions.people)
        self.presence = self.catch_up.presence
        self.is_ending = False  # new pages are sent away at once
        self._recent: dict[tuple[str, int], None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, connection: Connection) -> bool:
        """Take a page in; False where its person has too many sockets open."""
        if connection.person is not None:
            sockets = {other.write_buffer for other in self.connections.of([connection.person])}
            if len(sockets | {connection.write_buffer}) > SOCKETS_A_PERSON:
                return False
        if not self._tasks:
            for work in (
                self.subscription.run(),
                self.catch_up.counters.run(),
                self.presence.run(),
                self._watch_over(),
            ):
                self._start(work)
        self.connections.add(connection)
        return True

    def remove(self, connection: Connection) -> None:
        """A page is closed, or about to be: it gets nothing more."""
        self.catch_up.remove(connection)

    def watch(self, connection: Connection, place: Place, threads: frozenset[int], since: int) -> None:
        """Send a page what came since an id in what it shows, and then what comes."""
        connection.place, connection.threads = place, threads
        connection.queued, connection.since = [], min(since, now()) or now()
        self.catch_up.refresh([connection])

    async def hand_over(self) -> None:
        """Send all pages away, to come back to whoever takes over: a few at a time, for so they return."""
        self.is_ending = True
        for place, connection in enumerate(list(self.connections)):
            await connection.close(Close.ENDING)
            if place % SENT_AWAY == 0:
                await asyncio.sleep(0.01)

    def writing(self, connection: Connection) -> None:
        """Somebody writes where a page shows it."""
        self._start(self.presence.writing(connection))

    async def close(self) -> None:
        """End all that runs here."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # What Redis says

    async def _hear(self, raw: bytes) -> None:
        if raw.startswith(presence.MARK):
            self.presence.hear(raw)
            return
        message = decode(raw)
        if message is None or (message.type, message.id) in self._recent:
            return
        if message.id:
            self._recent[message.type, message.id] = None
            if len(self._recent) > REMEMBERED:
                del self._recent[next(iter(self._recent))]
        match message.type:
            case "rights":
                self.catch_up.refresh(self.connections.of(message.people), message.id)
            case "group":
                self.catch_up.refresh(self.connections.subscribed_to(map(here_channel, message.streams)))
            case "sessions":
                self.catch_up.sessions_moved(message.people)
            case "unread":
                self.catch_up.counters.unread_changed(message.people)
            case "read":
                await self._tell(message)
            case "counts":
                self.catch_up.counters.counts_changed(message.posts)
            case _:
                await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        """Pass a message on to the pages that hear it and may see it; who is held gets it later."""
        for connection in self.connections.subscribed_to(message.channels):
            if connection.queued is None:
                if message.frame not in connection.sent and receives(
                    connection.rights, connection.place, message
                ):
                    await self.catch_up.send(connection, message.frame)
            elif len(connection.queued) >= MOST_QUEUED:
                self.catch_up.refresh([connection])
            elif not connection.overflowed:
                connection.queued.append(message)

    async def _tell(self, message: Message) -> None:
        """What is no news but for the other devices of a person: who is held does without."""
        for connection in self.connections.of(message.people):
            if connection.queued is None:
                await self.catch_up.send(connection, message.frame)

    async def _watch_over(self) -> None:
        """Notice a silent loss of Redis, and sessions that ended without anybody saying so."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await asyncio.sleep(HEARTBEAT)
            self.catch_up.forget_sent()
            try:
                await self.subscription.sync(self.connections.channels)
            except Lost:
                continue
            if loop.time() - checked >= CHECK_SESSIONS:
                checked = loop.time()
                self._start(self.catch_up.check_sessions(list(self.connections)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside; the reference keeps it from being collected while it runs."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("The switchboard failed at something.", exc_info=error)
