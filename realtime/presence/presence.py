"""Who is here, and who is writing, in the groups that show it.

Each process says on one channel a group whom it has there, every four seconds and whenever that changes, and
forgets what another said when it falls silent. Nothing is stored, so nothing is left of a process that dies.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable

from channels.db import database_sync_to_async
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime.connections.registry import Connection, Connections
from realtime.presence import permissions
from realtime.presence.permissions import PresenceGrant, PresenceRequest, PresenceScope
from realtime.presence.rooms import NOBODY, Participant, Room
from realtime.protocol.messages import VERSION, stream_channel
from realtime.protocol.places import Place
from realtime.visibility.follow_flags import MEMBER

log = logging.getLogger(__name__)

MARK = b"here "  # what processes say of presence begins with it: it is no Message, and tells of no activity
PULSE = 0.25  # seconds; what happens in them is said at once
ASK = 2.0  # seconds between two questions whether a page may be written on
PATIENCE = 1.0  # seconds
Scopes = dict[Place, PresenceScope]


def here_channel(group: int) -> str:
    return f"kith:here:{group}"


class Presence:
    """The rooms of a process, and who sits in them."""

    def __init__(
        self, url: str, connections: Connections, send: Callable[[Connection, str], Awaitable[None]]
    ) -> None:
        self.url = url
        self.connections = connections
        self.send = send
        self.process = secrets.token_hex(8)
        self._rooms: dict[int, Room] = {}
        self._room_of: dict[Connection, Room] = {}
        self._sent: dict[Connection, str] = {}
        self._occupied = asyncio.Event()

    # Coming and going

    async def scopes(self, connections: Iterable[Connection]) -> Scopes:
        """What the pages of readers belong to. One query at most."""
        places = {connection.place for connection in connections if connection.person is not None}
        if not any(place.kind in ("group", "thread") for place in places):
            return {}
        found: Scopes = await database_sync_to_async(permissions.scopes_of)(places)
        return found

    async def join(self, connections: Iterable[Connection], scopes: Scopes) -> None:
        """Let readers, who hear the channels of their groups already, take or give up their seats."""
        requests = {
            request for connection in connections if (request := request_of(connection, scopes)) is not None
        }
        grants = await database_sync_to_async(permissions.grant)(requests) if requests else {}
        for connection in connections:
            grant = grants.get((connection.person or 0, connection.place))
            if grant is None or connection.overflowed or connection not in self.connections:
                self.leave(connection)
            else:
                self._enter(connection, grant)

    def leave(self, connection: Connection) -> None:
        """A page is not read, or may not be here any more."""
        if (room := self._room_of.pop(connection, None)) is not None:
            room.leave(connection)

    def remove(self, connection: Connection) -> None:
        """A page is closed."""
        self.leave(connection)
        self._sent.pop(connection, None)

    async def writing(self, connection: Connection) -> None:
        """A page says that somebody writes on it. Where they may not, they are not here either."""
        room, now = self._room_of.get(connection), time.monotonic()
        if room is None or now - room.pages[connection].asked_at < ASK:
            return
        page = room.pages[connection]
        page.asked_at = now
        grant = page.grant
        may = await database_sync_to_async(lambda: grant.may_write_here)()
        if room.pages.get(connection) is not page:
            return
        if may:
            room.write(connection, now)
        else:
            self.leave(connection)
            await self.tell(connection)

    def _enter(self, connection: Connection, grant: PresenceGrant) -> None:
        room = self._rooms.setdefault(grant.group, Room())
        if self._room_of.get(connection) is not room:
            self.leave(connection)
        self._room_of[connection] = room
        room.enter(connection, grant)
        self._occupied.set()

    # What is said

    def hear(self, raw: bytes) -> None:
        """Another process says who is there, or this one what it knows."""
        said = json.loads(raw.removeprefix(MARK))
        room = self._rooms.get(said["group"])
        if said["v"] == VERSION and said["process"] != self.process and room is not None:
            participants = (
                Participant(PresenceGrant(said["group"], *who), is_writing)
                for *who, is_writing in said["people"]
            )
            room.hear(said["process"], participants, time.monotonic())

    async def tell(self, connection: Connection) -> None:
        """Tell a page who is here; that nobody is, where it was told and may not know now."""
        room = self._room_of.get(connection)
        if room is not None:
            await self._tell(connection, room.frame_for(connection))
        elif self._sent.get(connection, NOBODY) != NOBODY:
            await self._tell(connection, NOBODY)

    async def run(self) -> None:
        """Pass time while somebody is here, until cancelled."""
        retry = Retry(NoBackoff(), 0)
        async with Redis.from_url(
            self.url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=retry
        ) as redis:
            while True:
                if not self._rooms:
                    self._occupied.clear()
                    await self._occupied.wait()
                try:
                    await self._pulse(redis, time.monotonic())
                except Exception:
                    log.exception("Who is here could not be told; it will be in a moment.")
                await asyncio.sleep(PULSE)

    async def _pulse(self, redis: Redis, now: float) -> None:
        pipeline = redis.pipeline(transaction=False)
        for group, room in self._rooms.items():
            room.pass_time(now)
            if (participants := room.say(now)) is not None:
                pipeline.publish(here_channel(group), self._announcement(group, participants))
        if len(pipeline):
            try:
                await pipeline.execute()
            except RedisError as error:
                log.warning("Redis does not answer; others hear later who is here: %s", error)
        for group, room in list(self._rooms.items()):
            if room.take_change(now):
                for connection in list(room.pages):
                    if connection in room.pages and (text := room.frame_for(connection)) != self._sent.get(
                        connection
                    ):
                        await self._tell(connection, text)
                    await asyncio.sleep(0)  # a large group takes a while, and others wait
            if not room.pages and not room.needs_announcement:
                del self._rooms[group]

    def _announcement(self, group: int, participants: list[Participant]) -> bytes:
        people = [
            (one.grant.place, one.grant.person, one.grant.name, one.grant.handle, one.is_writing)
            for one in participants
        ]
        said = {"v": VERSION, "group": group, "process": self.process, "people": people}
        return MARK + json.dumps(said).encode()

    async def _tell(self, connection: Connection, text: str) -> None:
        """Who catches up is told when that is done."""
        if connection.queued is None:
            await self.send(connection, text)
        if connection.queued is None and connection in self.connections:
            self._sent[connection] = text


def request_of(connection: Connection, scopes: Scopes) -> PresenceRequest | None:
    """The seat that a member of a group wants by showing a page of it."""
    scope = scopes.get(connection.place)
    if connection.person is None or scope is None or not connection.rights.follows.get(scope.group) & MEMBER:
        return None
    is_plain = scope.is_for_all and scope.author not in connection.rights.blocked
    return PresenceRequest(connection.person, connection.place, scope.group, is_plain)


def channels(connection: Connection, scopes: Scopes) -> frozenset[str]:
    """What somebody in a group hears: who is there, and that the group has changed."""
    request = request_of(connection, scopes)
    return (
        frozenset()
        if request is None
        else frozenset({here_channel(request.group), stream_channel(request.group)})
    )
