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
from realtime.connections.registry import Reader, Readers, now
from realtime.hub import replay
from realtime.hub.counters import Tallies
from realtime.hub.replay import Asked, Missed
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


class KeepingUp:
    """The pages of a process that are held, and how each gets to go on. `start` runs something beside."""

    def __init__(self, readers: Readers, subscription: Subscription, start: Start) -> None:
        self.readers = readers
        self.subscription = subscription
        self.tallies = Tallies(readers, self.send)
        self.presence = Presence(subscription.url, readers, self.send)
        self._start = start
        self._stale: set[Reader] = set()
        self._catching_up = False

    def remove(self, reader: Reader) -> None:
        """A page is closed, or about to be: it gets nothing more."""
        self.readers.remove(reader)
        self.presence.remove(reader)
        self._stale.discard(reader)

    async def send(self, reader: Reader, text: str) -> None:
        if reader.flow.is_paused:
            self.fall_behind(reader)
            return
        try:
            await reader.send(text)
        except Exception:
            log.exception("A socket cannot be written to; the others are.")
            self.remove(reader)

    def refresh(self, readers: Iterable[Reader], upto: int = 0) -> None:
        """Hold readers; then read their rights again, send what they missed, and let them go on.

        What they were sent is complete up to now, or up to an act that was announced only now.
        """
        for reader in readers:
            if not reader.behind:
                reader.hold(upto or now())
                self._stale.add(reader)
        if self._stale and not self._catching_up:
            self._catching_up = True
            self._start(self._catch_up())

    def sessions_moved(self, people: Collection[int]) -> None:
        """Sessions of some people may be over: their pages are held until that is known.

        Those that do not read get nothing as it is, and are only asked about.
        """
        readers = self.readers.of(people)
        self.refresh(readers)
        if behind := [reader for reader in readers if reader.behind]:
            self._start(self.check_sessions(behind))

    def fall_behind(self, reader: Reader) -> None:
        reader.hold(now())
        reader.behind = True
        reader.flow.waiting.append(partial(self.drained, reader))
        self.presence.stand_up(reader)
        loop = asyncio.get_running_loop()
        loop.call_later(LONGEST_STALL, self._end_stall, reader, reader.since)

    def drained(self, reader: Reader) -> None:
        if reader.behind:
            reader.behind = False
            self.refresh([reader])

    def _end_stall(self, reader: Reader, since: int) -> None:
        if reader.behind and reader.since == since and reader in self.readers:
            self._start(reader.close(Close.TOO_SLOW))

    def forget_told(self) -> None:
        """Let go of what pages were told when they caught up, where all of it has been announced since."""
        settled = replay.earlier(now(), replay.ANNOUNCED_WITHIN)
        for reader in self.readers:
            if reader.told and reader.since < settled:
                reader.told = frozenset()

    def lost(self) -> None:
        for reader in self.readers:
            reader.hold(self.subscription.heard_until)

    def back(self) -> None:
        self.refresh(self.readers.of([EVERYBODY]))

    async def _catch_up(self) -> None:
        try:
            while self._stale:
                await self.subscription.is_open.wait()
                readers = set(itertools.islice(self._stale, TOGETHER))
                self._stale -= readers
                try:
                    await self._catch_up_with(readers)
                except Lost:
                    continue  # everybody is stale once there is a connection again
                except DatabaseError:
                    log.exception("The database did not answer; open pages wait.")
                    await asyncio.sleep(1)
                    self._stale |= {reader for reader in readers if reader in self.readers}
                except Exception:
                    log.exception("Some pages could not be caught up with; they come again.")
                    await self._send_away(readers)
        finally:
            self._catching_up = False

    async def _send_away(self, readers: Iterable[Reader]) -> None:
        """Close pages that would otherwise be held for good."""
        for reader in readers:
            if reader in self.readers:
                self._start(reader.close(Close.FAILED))

    async def _catch_up_with(self, readers: set[Reader]) -> None:
        """Hear first, then read: what is committed after the reading is announced to who hears already."""
        people = {reader.person for reader in readers if reader.person is not None}
        for reader in readers:
            if reader.person is not None and reader in self.readers:
                self.readers.connect(reader, (*reader.channels, person_channel(reader.person)))
        await self.subscription.sync(self.readers.channels)
        await self.check_sessions(readers)
        known = await database_sync_to_async(rights.load)(people)
        for reader in readers:
            if reader in self.readers:
                reader.rights = known.get(reader.person or 0, rights.NOBODY)
        grounds = await self.presence.grounds(readers)
        for reader in readers:
            if reader in self.readers:
                self.readers.connect(reader, (*reader.needs(), *presence.channels(reader, grounds)))
        await self.subscription.sync(self.readers.channels)
        await self.presence.seat(readers, grounds)
        here = [reader for reader in readers if reader in self.readers]
        asked = [Asked(reader.rights, reader.place, reader.threads, reader.since) for reader in here]
        for reader, missed in zip(here, await self._missed(asked), strict=True):
            await self._resume(reader, missed)

    async def check_sessions(self, readers: Iterable[Reader]) -> None:
        """Close the pages whose session is over, which may have been said while nobody heard it."""
        signed_in = [reader for reader in readers if reader.person is not None and reader in self.readers]
        if not signed_in:
            return
        valid = await database_sync_to_async(sessions.valid)({reader.session for reader in signed_in})
        for reader in signed_in:
            if reader.session not in valid:
                await reader.close(Close.SIGNED_OUT)

    async def _missed(self, asked: Sequence[Asked]) -> Sequence[Missed | None]:
        """What pages missed; None for one that cannot be told, which holds up no other."""
        ask = database_sync_to_async(replay.missed)
        try:
            return await ask(asked) if asked else ()
        except DatabaseError:
            raise
        except Exception:
            log.exception("Some pages could not be caught up with.")
            if len(asked) == 1:
                return (None,)
            return [missed for one in asked for missed in await self._missed([one])]

    async def _resume(self, reader: Reader, missed: Missed | None) -> None:
        if reader in self._stale or reader not in self.readers:
            return
        if missed is None:
            await reader.close(Close.FAILED)  # and it will come again
            return
        if reader.flow.is_paused:
            self.fall_behind(reader)
            return
        waiting, reader.held, reader.since = reader.held or [], None, now()
        reader.told = missed.announced_yet
        for text in missed.frames:
            await reader.send(text)
        await reader.send(frame("more" if missed.more else "ready", since=str(reader.since)))
        for message in waiting:
            if message.frame not in missed.frames and receives(reader.rights, reader.place, message):
                await self.send(reader, message.frame)
        await self.presence.tell(reader)
        self.tallies.posts_moved(missed.counted)
        if reader.person is not None:
            self.tallies.people_moved([reader.person])
