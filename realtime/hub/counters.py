"""Counters of visible posts and of unread notifications, sent at most twice a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from feeds.models import Notification
from feeds.notifications import pages
from network.models import Person
from realtime.connections.registry import Connection, Connections
from realtime.limits import Limits
from realtime.protocol.messages import frame, thread_channel
from realtime.visibility import loading
from realtime.visibility.filtering import may_read

log = logging.getLogger(__name__)


class Counters:
    """Counters that changed and are read again: once for all pages of the process."""

    def __init__(
        self, connections: Connections, send: Callable[[Connection, str], Awaitable[None]], limits: Limits
    ) -> None:
        self.connections = connections
        self.send = send
        self.limits = limits
        self._posts: set[int] = set()
        self._people: set[int] = set()
        self._has_changes = asyncio.Event()

    def counts_changed(self, posts: Iterable[int]) -> None:
        """Counters of some posts may have changed."""
        self._posts.update(posts)
        self._has_changes.set()

    def unread_changed(self, people: Iterable[int]) -> None:
        """Some people may have more or fewer unread notifications."""
        self._people.update(people)
        self._has_changes.set()

    async def run(self) -> None:
        """Send counters that changed, until cancelled."""
        while True:
            await self._has_changes.wait()
            await asyncio.sleep(self.limits.counter_interval)
            self._has_changes.clear()
            posts, self._posts = self._posts, set()
            people, self._people = self._people, set()
            try:
                await self._send_counts(posts)
                await self._send_unread(people)
            except DatabaseError:
                log.exception("The database did not answer; counters are sent when it does.")
                self.counts_changed(posts)
                self.unread_changed(people)
                await asyncio.sleep(1)
            except Exception:
                log.exception("Counters could not be sent; they will be when they change again.")

    async def _send_counts(self, posts: set[int]) -> None:
        """Send the counters of posts to the pages that show their thread. Four queries at most."""
        if not posts:
            return
        for post in (await database_sync_to_async(loading.load_visibility)(posts)).values():
            text = frame("counts", post=str(post.post), comments=post.comments, reshares=post.reshares)
            for connection in self.connections.subscribed_to([thread_channel(post.thread)]):
                if not connection.is_paused and may_read(connection.rights, post):
                    await self.send(connection, text)

    async def _send_unread(self, people: set[int]) -> None:
        here = {connection.person for connection in self.connections.of_people(people)}
        if not here:
            return
        for person, count in (await database_sync_to_async(count_unread)(here)).items():
            for connection in self.connections.of_people([person]):
                if not connection.is_paused:
                    await self.send(connection, frame("unread", count=count))


def count_unread(people: Iterable[int | None]) -> dict[int, int]:
    """How many unread notifications each person has. Two queries, and one for each person who has any."""
    wanted = set(people)
    new = set(Notification.objects.filter(person__in=wanted, read_at=None).values_list("person", flat=True))
    return {
        person.pk: pages.unread(person) if person.pk in new else 0
        for person in Person.objects.filter(pk__in=wanted)
    }
