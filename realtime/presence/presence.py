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

from realtime.connections.registry import Reader, Readers
from realtime.presence import permissions
from realtime.presence.permissions import Ground, Seat, Wish
from realtime.presence.rooms import NOBODY, Room, Taken
from realtime.protocol.messages import VERSION, stream_channel
from realtime.protocol.places import Place
from realtime.visibility.rights import MEMBER

log = logging.getLogger(__name__)

MARK = b"here "  # what processes say of presence begins with it: it is no Message, and tells of no activity
PULSE = 0.25  # seconds; what happens in them is said at once
ASK = 2.0  # seconds between two questions whether a page may be written on
PATIENCE = 1.0  # seconds
Grounds = dict[Place, Ground]


def here_channel(group: int) -> str:
    return f"kith:here:{group}"


class Presence:
    """The rooms of a process, and who sits in them."""

    def __init__(self, url: str, readers: Readers, send: Callable[[Reader, str], Awaitable[None]]) -> None:
        self.url = url
        self.readers = readers
        self.send = send
        self.process = secrets.token_hex(8)
        self._rooms: dict[int, Room] = {}
        self._at: dict[Reader, Room] = {}
        self._told: dict[Reader, str] = {}
        self._somebody = asyncio.Event()

    # Coming and going

    async def grounds(self, readers: Iterable[Reader]) -> Grounds:
        """What the pages of readers belong to. One query at most."""
        places = {reader.place for reader in readers if reader.person is not None}
        if not any(place.kind in ("group", "thread") for place in places):
            return {}
        found: Grounds = await database_sync_to_async(permissions.grounds_of)(places)
        return found

    async def seat(self, readers: Iterable[Reader], grounds: Grounds) -> None:
        """Let readers, who hear the channels of their groups already, take or give up their seats."""
        wishes = {wish for reader in readers if (wish := wish_of(reader, grounds)) is not None}
        given = await database_sync_to_async(permissions.given)(wishes) if wishes else {}
        for reader in readers:
            seat = given.get((reader.person or 0, reader.place))
            if seat is None or reader.behind or reader not in self.readers:
                self.stand_up(reader)
            else:
                self._sit(reader, seat)

    def stand_up(self, reader: Reader) -> None:
        """A page is not read, or may not be here any more."""
        if (room := self._at.pop(reader, None)) is not None:
            room.leave(reader)

    def remove(self, reader: Reader) -> None:
        """A page is closed."""
        self.stand_up(reader)
        self._told.pop(reader, None)

    async def writing(self, reader: Reader) -> None:
        """A page says that somebody writes on it. Where they may not, they are not here either."""
        room, now = self._at.get(reader), time.monotonic()
        if room is None or now - room.pages[reader].asked_at < ASK:
            return
        sitting = room.pages[reader]
        sitting.asked_at = now
        seat = sitting.seat
        may = await database_sync_to_async(lambda: seat.may_be_written_at)()
        if room.pages.get(reader) is not sitting:
            return
        if may:
            room.write(reader, now)
        else:
            self.stand_up(reader)
            await self.tell(reader)

    def _sit(self, reader: Reader, seat: Seat) -> None:
        room = self._rooms.setdefault(seat.group, Room())
        if self._at.get(reader) is not room:
            self.stand_up(reader)
        self._at[reader] = room
        room.seat(reader, seat)
        self._somebody.set()

    # What is said

    def hear(self, raw: bytes) -> None:
        """Another process says who is there, or this one what it knows."""
        said = json.loads(raw.removeprefix(MARK))
        room = self._rooms.get(said["group"])
        if said["v"] == VERSION and said["process"] != self.process and room is not None:
            taken = (Taken(Seat(said["group"], *who), is_writing) for *who, is_writing in said["people"])
            room.hear(said["process"], taken, time.monotonic())

    async def tell(self, reader: Reader) -> None:
        """Tell a page who is here; that nobody is, where it was told and may not know now."""
        room = self._at.get(reader)
        if room is not None:
            await self._tell(reader, room.frame_for(reader))
        elif self._told.get(reader, NOBODY) != NOBODY:
            await self._tell(reader, NOBODY)

    async def run(self) -> None:
        """Pass time while somebody is here, until cancelled."""
        retry = Retry(NoBackoff(), 0)
        async with Redis.from_url(
            self.url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=retry
        ) as redis:
            while True:
                if not self._rooms:
                    self._somebody.clear()
                    await self._somebody.wait()
                try:
                    await self._pulse(redis, time.monotonic())
                except Exception:
                    log.exception("Who is here could not be told; it will be in a moment.")
                await asyncio.sleep(PULSE)

    async def _pulse(self, redis: Redis, now: float) -> None:
        pipeline = redis.pipeline(transaction=False)
        for group, room in self._rooms.items():
            room.pass_time(now)
            if (taken := room.say(now)) is not None:
                pipeline.publish(here_channel(group), self._announcement(group, taken))
        if len(pipeline):
            try:
                await pipeline.execute()
            except RedisError as error:
                log.warning("Redis does not answer; others hear later who is here: %s", error)
        for group, room in list(self._rooms.items()):
            if room.is_to_be_told(now):
                for reader in list(room.pages):
                    if reader in room.pages and (text := room.frame_for(reader)) != self._told.get(reader):
                        await self._tell(reader, text)
                    await asyncio.sleep(0)  # a large group takes a while, and others wait
            if not room.pages and not room.is_owed:
                del self._rooms[group]

    def _announcement(self, group: int, taken: list[Taken]) -> bytes:
        people = [
            (one.seat.place, one.seat.person, one.seat.name, one.seat.handle, one.is_writing) for one in taken
        ]
        said = {"v": VERSION, "group": group, "process": self.process, "people": people}
        return MARK + json.dumps(said).encode()

    async def _tell(self, reader: Reader, text: str) -> None:
        """Who catches up is told when that is done."""
        if reader.held is None:
            await self.send(reader, text)
        if reader.held is None and reader in self.readers:
            self._told[reader] = text


def wish_of(reader: Reader, grounds: Grounds) -> Wish | None:
    """The seat that a member of a group wants by showing a page of it."""
    ground = grounds.get(reader.place)
    if reader.person is None or ground is None or not reader.rights.follows.get(ground.group) & MEMBER:
        return None
    is_plain = ground.is_for_all and ground.author not in reader.rights.blocked
    return Wish(reader.person, reader.place, ground.group, is_plain)


def channels(reader: Reader, grounds: Grounds) -> frozenset[str]:
    """What somebody in a group hears: who is there, and that the group has changed."""
    wish = wish_of(reader, grounds)
    return frozenset() if wish is None else frozenset({here_channel(wish.group), stream_channel(wish.group)})
