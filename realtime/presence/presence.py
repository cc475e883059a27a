"""Presence: who is here and who writes, in the groups that show it.

Each process announces the people on its pages on one channel for each group: at once when they change, and
every four seconds. It forgets another process that falls silent. Nothing is stored, so a process that dies
leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

from channels.db import database_sync_to_async
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime.connections.registry import Connection, Connections
from realtime.limits import Limits
from realtime.presence import permissions
from realtime.presence.permissions import PresenceGrant, PresenceRequest, PresenceScope
from realtime.presence.rooms import EMPTY_ROSTER, Participant, Room
from realtime.protocol.messages import VERSION, stream_channel
from realtime.protocol.places import Place

log = logging.getLogger(__name__)

HERE_CHANNELS = "kith:here:"
PREFIX = b"here "  # of presence announcements, which are no Message and tell of no activity
TICK = 0.25  # seconds; changes within one tick are announced together
CHECK_WRITING_EVERY = 2.0  # seconds between two checks that the person of a page may write
REDIS_TIMEOUT = 1.0  # seconds
Scopes = dict[Place, PresenceScope]


def here_channel(group: int) -> str:
    return f"{HERE_CHANNELS}{group}"


class Presence:
    """The rooms of one process. `send` sends a frame to a connection."""

    def __init__(
        self,
        url: str,
        connections: Connections,
        send: Callable[[Connection, str], Awaitable[None]],
        limits: Limits,
    ) -> None:
        self.url = url
        self.connections = connections
        self.send = send
        self.limits = limits
        self.process = secrets.token_hex(8)
        self.rooms: dict[int, Room] = {}
        self.room_of: dict[Connection, Room] = {}
        self._sent: dict[Connection, str] = {}  # the last roster of each page
        self._has_rooms = asyncio.Event()

    # Entering and leaving

    async def load_scopes(self, connections: Iterable[Connection]) -> Scopes:
        """The groups and threads that pages belong to. No query where none shows a thread."""
        places, people = set(), set()
        for connection in connections:
            if connection.person is not None and connection.place.kind in ("group", "thread"):
                places.add(connection.place)
                people.add(connection.person)
        if not places:
            return {}
        found: Scopes = await database_sync_to_async(permissions.load_scopes)(places, people)
        return found

    async def join(self, connections: Iterable[Connection], scopes: Scopes) -> None:
        """Let connections enter the rooms that they may be in, and leave all others.

        The connections must be subscribed to `channels` before, so that they miss no announcement.
        """
        requests = {request for one in connections if (request := request_of(one, scopes)) is not None}
        grants = await database_sync_to_async(permissions.grant)(requests) if requests else {}
        for connection in connections:
            grant = grants.get((connection.person or 0, connection.place))
            if grant is None or connection.overflowed or connection not in self.connections:
                self.leave(connection)
            else:
                self._enter(connection, grant)

    def leave(self, connection: Connection) -> None:
        """Take a page out of its room: it is not read, or its person may not be shown any more."""
        if (room := self.room_of.pop(connection, None)) is not None:
            room.leave(connection)

    def remove(self, connection: Connection) -> None:
        """A page is closed."""
        self.leave(connection)
        self._sent.pop(connection, None)

    async def note_writing(self, connection: Connection) -> None:
        """A page says that somebody writes on it. A person who may not write there leaves the room."""
        room, now = self.room_of.get(connection), time.monotonic()
        if room is None or now - room.pages[connection].checked_at < CHECK_WRITING_EVERY:
            return
        page = room.pages[connection]
        page.checked_at = now
        may_write = await database_sync_to_async(page.grant.may_write)()
        if room.pages.get(connection) is not page:
            return
        if may_write:
            room.note_writing(connection, now)
        else:
            self.leave(connection)
            await self.send_roster(connection)

    def _enter(self, connection: Connection, grant: PresenceGrant) -> None:
        room = self.rooms.setdefault(grant.group, Room(self.limits))
        if self.room_of.get(connection) is not room:
            self.leave(connection)
        self.room_of[connection] = room
        room.enter(connection, grant)
        self._has_rooms.set()

    # Announcements and rosters

    def receive(self, raw: bytes) -> None:
        """Take in an announcement of another process. This process receives its own too, and drops them."""
        announced = json.loads(raw.removeprefix(PREFIX))
        group = announced["group"]
        room = self.rooms.get(group)
        if announced["v"] == VERSION and announced["process"] != self.process and room is not None:
            participants = (
                Participant(PresenceGrant(group, *person), is_writing)
                for *person, is_writing in announced["people"]
            )
            room.receive(announced["process"], participants, time.monotonic())

    async def send_roster(self, connection: Connection) -> None:
        """Send a page its roster. A page that has left its room gets an empty one, once."""
        room = self.room_of.get(connection)
        if room is not None:
            await self._send(connection, room.frame_for(connection))
        elif self._sent.get(connection, EMPTY_ROSTER) != EMPTY_ROSTER:
            await self._send(connection, EMPTY_ROSTER)

    async def run(self) -> None:
        """Announce and send what has changed, while there are rooms, until cancelled."""
        retry = Retry(NoBackoff(), 0)
        async with Redis.from_url(
            self.url, socket_timeout=REDIS_TIMEOUT, socket_connect_timeout=REDIS_TIMEOUT, retry=retry
        ) as redis:
            while True:
                if not self.rooms:
                    self._has_rooms.clear()
                    await self._has_rooms.wait()
                try:
                    await self._tick(redis, time.monotonic())
                except Exception:
                    log.exception("Presence could not be sent; it will be in a moment.")
                await asyncio.sleep(TICK)

    async def _tick(self, redis: Redis, now: float) -> None:
        announcements = {}
        for group, room in self.rooms.items():
            room.expire(now)
            if (participants := room.take_announcement(now)) is not None:
                announcements[here_channel(group)] = self._announcement(group, participants)
        await publish(redis, announcements)
        for group, room in list(self.rooms.items()):
            if room.take_change(now):
                await self._send_rosters(room)
            if not room.pages and not room.needs_announcement:
                del self.rooms[group]

    async def _send_rosters(self, room: Room) -> None:
        for connection in list(room.pages):
            if connection in room.pages:
                roster = room.frame_for(connection)
                if roster != self._sent.get(connection):
                    await self._send(connection, roster)
            await asyncio.sleep(0)  # a large group takes a while; let others run meanwhile

    def _announcement(self, group: int, participants: list[Participant]) -> bytes:
        people = [
            (one.grant.place, one.grant.person, one.grant.name, one.grant.handle, one.is_writing)
            for one in participants
        ]
        announced = {"v": VERSION, "group": group, "process": self.process, "people": people}
        return PREFIX + json.dumps(announced).encode()

    async def _send(self, connection: Connection, roster: str) -> None:
        """Send a roster. A paused page gets it when it has caught up."""
        if not connection.is_paused:
            await self.send(connection, roster)
        if not connection.is_paused and connection in self.connections:
            self._sent[connection] = roster


async def publish(redis: Redis, announcements: Mapping[str, bytes]) -> None:
    """Publish announcements, by channel, in one round trip. A failure is logged: they are repeated."""
    if not announcements:
        return
    pipeline = redis.pipeline(transaction=False)
    for channel, announcement in announcements.items():
        pipeline.publish(channel, announcement)
    try:
        await pipeline.execute()
    except RedisError as error:
        log.warning("Redis does not answer; other processes learn later who is here: %s", error)


def request_of(connection: Connection, scopes: Scopes) -> PresenceRequest | None:
    """The request of a connection to be shown where it is; None where its person may not write."""
    scope = scopes.get(connection.place)
    if connection.person is None or scope is None or not scope.lets_write(connection.rights):
        return None
    return PresenceRequest(connection.person, connection.place, scope.group)


def channels(connection: Connection, scopes: Scopes) -> frozenset[str]:
    """The channels of a member's page in a group with presence: announcements, changes of the group."""
    scope = scopes.get(connection.place)
    if scope is None or not scope.has_member(connection.rights):
        return frozenset()
    return frozenset({here_channel(scope.group), stream_channel(scope.group)})


def is_in_thread(connection: Connection, thread: int | None = None) -> bool:
    """Whether a page shows a thread, or this one, in a group with presence and its person is a member."""
    place = connection.place
    return (
        place.kind == "thread"
        and thread in (None, place.id)
        and any(name.startswith(HERE_CHANNELS) for name in connection.channels)
    )
