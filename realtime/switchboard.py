"""One in each process: from the channels of Redis to the open pages here that may see what is announced.

Redis is asked only for channels that some page here needs. A message is encoded once, by whoever announces
it, and filtered for each page by rights in memory. A page whose rights may have changed, that may have
missed something, or that did not keep up is held: it gets nothing until its rights have been read again and
what it missed has been sent. docs/live.md tells the whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError

from network import ids
from realtime import presence, resume, rights, sessions
from realtime.closing import Close
from realtime.frames import Place, receives
from realtime.messages import EVERYBODY, Message, decode, frame, person_channel
from realtime.presence import Presence, here_channel
from realtime.readers import Reader, Readers, now
from realtime.subscription import Lost, Subscription
from realtime.tallies import Tallies

log = logging.getLogger(__name__)

SOCKETS_A_PERSON = 10
MOST_HELD = 300  # messages; after them a reader starts to catch up from the beginning
LONGEST_STALL = 60.0  # seconds that a page may not read before its socket is closed
REMEMBERED = 1024  # messages; one that comes by several channels is sent once
HEARTBEAT = 5.0  # seconds between questions whether Redis is still there
SENT_AWAY = 20  # pages in 10 ms, when the process ends
CHECK_SESSIONS = 60.0  # seconds; what nobody announced is found out by then


class Switchboard:
    """What connects the pages of a process. It belongs to the event loop in which the first page came."""

    def __init__(self, url: str = "") -> None:
        self.readers = Readers()
        url = url or settings.CHANNELS_REDIS_URL
        self.tallies = Tallies(self.readers, self._send)
        self.presence = Presence(url, self.readers, self._send)
        self.subscription = Subscription(url, hear=self._hear, lost=self._lost, back=self._back)
        self._stale: set[Reader] = set()
        self._catching_up = False
        self._recent: dict[tuple[str, int], None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, reader: Reader) -> bool:
        """Take a page in; False where its person has too many sockets open."""
        if reader.person is not None:
            sockets = {other.flow for other in self.readers.of([reader.person])}
            if len(sockets | {reader.flow}) > SOCKETS_A_PERSON:
                return False
        if not self._tasks:
            for work in (
                self.subscription.run(),
                self.tallies.run(),
                self.presence.run(),
                self._watch_over(),
            ):
                self._start(work)
        self.readers.add(reader)
        return True

    def remove(self, reader: Reader) -> None:
        """A page is closed, or about to be: it gets nothing more."""
        self.readers.remove(reader)
        self.presence.remove(reader)
        self._stale.discard(reader)

    def watch(self, reader: Reader, place: Place, threads: frozenset[int], since: int) -> None:
        """Send a page what came since an id in what it shows, and then what comes."""
        reader.place, reader.threads = place, threads
        reader.held, reader.since = [], min(since, now()) or now()
        self._refresh([reader])

    async def hand_over(self) -> None:
        """Send all pages away, to come back to whoever takes over: a few at a time, for so they return."""
        for place, reader in enumerate(list(self.readers)):
            await reader.close(Close.ENDING)
            if place % SENT_AWAY == 0:
                await asyncio.sleep(0.01)

    def writing(self, reader: Reader) -> None:
        """Somebody writes where a page shows it."""
        self._start(self.presence.writing(reader))

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
                self._refresh(self.readers.of(message.people))
            case "group":
                self._refresh(self.readers.hearing(map(here_channel, message.streams)))
            case "sessions":
                self._start(self._check_sessions(self.readers.of(message.people)))
            case "unread":
                self.tallies.people_moved(message.people)
            case "read":
                await self._tell(message)
            case "counts":
                self.tallies.posts_moved(message.posts)
            case _:
                await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        for reader in self.readers.hearing(message.channels):
            if reader.held is None:
                if receives(reader.rights, reader.place, message):
                    await self._send(reader, message.frame)
            elif len(reader.held) >= MOST_HELD:
                self._refresh([reader])
            elif not reader.behind:
                reader.held.append(message)

    async def _tell(self, message: Message) -> None:
        """What is no news but for the other devices of a person: who is held does without."""
        for reader in self.readers.of(message.people):
            if reader.held is None:
                await self._send(reader, message.frame)

    async def _send(self, reader: Reader, text: str) -> None:
        if reader.flow.is_paused:
            self._fall_behind(reader)
            return
        try:
            await reader.send(text)
        except Exception:
            log.exception("A socket cannot be written to; the others are.")
            self.remove(reader)

    # Keeping up

    def _refresh(self, readers: Iterable[Reader]) -> None:
        """Hold readers; then read their rights again, send what they missed, and let them go on."""
        for reader in readers:
            if not reader.behind:
                reader.hold(now())
                self._stale.add(reader)
        if self._stale and not self._catching_up:
            self._catching_up = True
            self._start(self._catch_up())

    def _fall_behind(self, reader: Reader) -> None:
        reader.hold(now())
        reader.behind = True
        reader.flow.waiting.append(partial(self._drained, reader))
        self.presence.stand_up(reader)
        loop = asyncio.get_running_loop()
        loop.call_later(LONGEST_STALL, self._end_stall, reader, reader.since)

    def _drained(self, reader: Reader) -> None:
        if reader.behind:
            reader.behind = False
            self._refresh([reader])

    def _end_stall(self, reader: Reader, since: int) -> None:
        if reader.behind and reader.since == since and reader in self.readers:
            self._start(reader.close(Close.TOO_SLOW))

    def _lost(self) -> None:
        heard = ids.first_at(datetime.fromtimestamp(self.subscription.heard_at, UTC))
        for reader in self.readers:
            reader.hold(heard)

    def _back(self) -> None:
        self._refresh(self.readers.of([EVERYBODY]))

    async def _catch_up(self) -> None:
        try:
            while self._stale:
                await self.subscription.is_open.wait()
                readers, self._stale = self._stale, set()
                try:
                    await self._catch_up_with(readers)
                except Lost:
                    continue  # everybody is stale once there is a connection again
                except DatabaseError:
                    log.exception("The database did not answer; open pages wait.")
                    await asyncio.sleep(1)
                    self._stale |= {reader for reader in readers if reader in self.readers}
        finally:
            self._catching_up = False

    async def _catch_up_with(self, readers: set[Reader]) -> None:
        """Hear first, then read: what is committed after the reading is announced to who hears already."""
        people = {reader.person for reader in readers if reader.person is not None}
        for reader in readers:
            if reader.person is not None and reader in self.readers:
                self.readers.connect(reader, reader.channels | {person_channel(reader.person)})
        await self.subscription.sync(self.readers.channels)
        known = await database_sync_to_async(rights.load)(people)
        for reader in readers:
            if reader in self.readers:
                reader.rights = known.get(reader.person or 0, rights.NOBODY)
        groups = await self.presence.groups(readers)
        for reader in readers:
            if reader in self.readers:
                needed = frozenset(reader.needs()) | presence.channels(reader, groups)
                self.readers.connect(reader, needed)
        await self.subscription.sync(self.readers.channels)
        await self.presence.seat(readers, groups)
        for reader in readers:
            try:
                await self._resume(reader)
            except DatabaseError:
                raise
            except Exception:
                log.exception("A page could not be caught up with; it is closed, and will come again.")
                await reader.close(Close.FAILED)

    async def _resume(self, reader: Reader) -> None:
        missed = await database_sync_to_async(resume.missed)(
            reader.rights, reader.place, reader.threads, reader.since
        )
        if reader in self._stale or reader not in self.readers:
            return
        if reader.flow.is_paused:
            self._fall_behind(reader)
            return
        waiting, reader.held, reader.since = reader.held or [], None, now()
        for text in missed.frames:
            await reader.send(text)
        await reader.send(frame("more" if missed.more else "ready", since=str(reader.since)))
        for message in waiting:
            if message.frame not in missed.frames and receives(reader.rights, reader.place, message):
                await self._send(reader, message.frame)
        await self.presence.tell(reader)
        self.tallies.posts_moved(missed.counted)
        if reader.person is not None:
            self.tallies.people_moved([reader.person])

    async def _watch_over(self) -> None:
        """Notice a silent loss of Redis, and sessions that ended without anybody saying so."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while True:
            await asyncio.sleep(HEARTBEAT)
            try:
                await self.subscription.sync(self.readers.channels)
            except Lost:
                continue
            if loop.time() - checked >= CHECK_SESSIONS:
                checked = loop.time()
                self._start(self._check_sessions(list(self.readers)))

    async def _check_sessions(self, readers: Iterable[Reader]) -> None:
        signed_in = [reader for reader in readers if reader.person is not None]
        valid = await database_sync_to_async(sessions.valid)({reader.session for reader in signed_in})
        for reader in signed_in:
            if reader.session not in valid:
                await reader.close(Close.SIGNED_OUT)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside; the reference keeps it from being collected while it runs."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("The switchboard failed at something.", exc_info=error)
