"""Numbers that move: counters of visible cards and unread notices, told at most twice a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from realtime.connections.registry import Reader, Readers
from realtime.hub import replay
from realtime.protocol.messages import frame, thread_channel
from realtime.visibility import loading
from realtime.visibility.filtering import may_read

log = logging.getLogger(__name__)

GATHER = 0.5  # seconds


class Tallies:
    """What is to be counted again. One reading of the database serves all pages of the process."""

    def __init__(self, readers: Readers, send: Callable[[Reader, str], Awaitable[None]]) -> None:
        self.readers = readers
        self.send = send
        self._posts: set[int] = set()
        self._people: set[int] = set()
        self._moved = asyncio.Event()

    def posts_moved(self, posts: Iterable[int]) -> None:
        self._posts.update(posts)
        self._moved.set()

    def people_moved(self, people: Iterable[int]) -> None:
        self._people.update(people)
        self._moved.set()

    async def run(self) -> None:
        while True:
            await self._moved.wait()
            await asyncio.sleep(GATHER)
            self._moved.clear()
            posts, self._posts = self._posts, set()
            people, self._people = self._people, set()
            try:
                await self._tell_counts(posts)
                await self._tell_unread({reader.person for reader in self.readers.of(people)})
            except DatabaseError:
                log.exception("The database did not answer; counters are told when it does.")
                self.posts_moved(posts)
                self.people_moved(people)
                await asyncio.sleep(1)
            except Exception:
                log.exception("Counters could not be told; they will be when they move again.")

    async def _tell_counts(self, posts: set[int]) -> None:
        if not posts:
            return
        for told in (await database_sync_to_async(loading.of_posts)(posts)).values():
            text = frame("counts", post=str(told.post), comments=told.comments, reshares=told.reshares)
            for reader in self.readers.hearing([thread_channel(told.thread)]):
                if reader.held is None and may_read(reader.rights, told):
                    await self.send(reader, text)

    async def _tell_unread(self, people: set[int | None]) -> None:
        if not people:
            return
        for person, count in (await database_sync_to_async(replay.unread)(people)).items():
            for reader in self.readers.of([person]):
                if reader.held is None:
                    await self.send(reader, frame("unread", count=count))
