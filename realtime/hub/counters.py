"""Numbers that move: counters of visible cards and unread notices, told at most twice a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from realtime.connections.registry import Connection, Connections
from realtime.hub import replay
from realtime.protocol.messages import frame, thread_channel
from realtime.visibility import loading
from realtime.visibility.filtering import may_read

log = logging.getLogger(__name__)

GATHER = 0.5  # seconds


class Counters:
    """What is to be counted again. One reading of the database serves all pages of the process."""

    def __init__(self, connections: Connections, send: Callable[[Connection, str], Awaitable[None]]) -> None:
        self.connections = connections
        self.send = send
        self._posts: set[int] = set()
        self._people: set[int] = set()
        self._moved = asyncio.Event()

    def counts_changed(self, posts: Iterable[int]) -> None:
        self._posts.update(posts)
        self._moved.set()

    def unread_changed(self, people: Iterable[int]) -> None:
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
                await self._tell_unread({connection.person for connection in self.connections.of(people)})
            except DatabaseError:
                log.exception("The database did not answer; counters are told when it does.")
                self.counts_changed(posts)
                self.unread_changed(people)
                await asyncio.sleep(1)
            except Exception:
                log.exception("Counters could not be told; they will be when they move again.")

    async def _tell_counts(self, posts: set[int]) -> None:
        if not posts:
            return
        for visibility in (await database_sync_to_async(loading.of_posts)(posts)).values():
            text = frame(
                "counts",
                post=str(visibility.post),
                comments=visibility.comments,
                reshares=visibility.reshares,
            )
            for connection in self.connections.subscribed_to([thread_channel(visibility.thread)]):
                if connection.queued is None and may_read(connection.rights, visibility):
                    await self.send(connection, text)

    async def _tell_unread(self, people: set[int | None]) -> None:
        if not people:
            return
        for person, count in (await database_sync_to_async(replay.count_unread)(people)).items():
            for connection in self.connections.of([person]):
                if connection.queued is None:
                    await self.send(connection, frame("unread", count=count))
