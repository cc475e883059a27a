"""One Redis connection that hears channels, and knows when it may have missed something."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import math
import random
import time
from collections.abc import Awaitable, Callable, Collection

from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from network import ids
from realtime.protocol.messages import EVERYBODY, person_channel

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds without an answer after which a connection counts as lost
LONGEST_PAUSE = 5.0  # seconds between attempts


class Lost(Exception):
    """The connection went away: whatever was announced meanwhile has not been heard."""


class Subscription:
    """Hears channels until `close`. Pub/sub forgets what it cannot deliver, so a loss is told, never mended.

    `hear` gets each message. `lost` is called when the connection went, `back` when there is a new one, which
    hears nothing yet but what is for everybody.
    """

    def __init__(
        self,
        url: str,
        *,
        hear: Callable[[bytes], Awaitable[None]],
        lost: Callable[[], None],
        back: Callable[[], None],
    ) -> None:
        self.url = url
        self.hear, self.lost, self.back = hear, lost, back
        self.subscribed: set[str] = set()
        self.is_open = asyncio.Event()
        self.heard_until = 0  # up to this id everything announced was heard
        self._connection: AbstractConnection | None = None
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._tokens = itertools.count(1)

    async def sync(self, wanted: Collection[str]) -> None:
        """Hear `wanted` and nothing else. Returns when all that was announced before has been heard.

        Raises Lost.
        """
        connection = self._connection
        if connection is None:
            raise Lost
        wanted = {person_channel(EVERYBODY), *wanted}
        began = ids.now()
        token = str(next(self._tokens)).encode()
        pong = self._pongs[token] = asyncio.get_running_loop().create_future()
        verbs = (("SUBSCRIBE", wanted - self.subscribed), ("UNSUBSCRIBE", self.subscribed - wanted))
        said = [(verb, *channels) for verb, channels in verbs if channels]
        self.subscribed = wanted
        try:
            # All at once: what somebody else wants meanwhile must not come in between.
            await connection.send_packed_command(connection.pack_commands([*said, ("PING", token)]))
            async with asyncio.timeout(PATIENCE):
                await pong
            if self._connection is not connection:
                raise Lost
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            await connection.disconnect(nowait=True)
            raise Lost from error
        finally:
            self._pongs.pop(token, None)
        self.heard_until = began

    async def run(self) -> None:
        """Connect, hear, and connect again, until cancelled."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._hear_until_lost()
            except (RedisError, OSError) as error:
                failures = 0 if time.monotonic() - began > LONGEST_PAUSE else failures + 1
                log.warning("The subscription to Redis was lost, trying again: %s", error)
            await asyncio.sleep(pause(failures))

    async def _hear_until_lost(self) -> None:
        pool = ConnectionPool.from_url(
            self.url,
            protocol=2,
            socket_timeout=None,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        connection: AbstractConnection = await pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.send_command("SUBSCRIBE", person_channel(EVERYBODY))
            self.subscribed = {person_channel(EVERYBODY)}
            self._connection = connection
            self.is_open.set()
            self.back()
            while True:
                kind, *_rest, data = await connection.read_response(disable_decoding=True, timeout=math.inf)
                if kind == b"message":
                    await self._pass_on(data)
                elif kind == b"pong" and (pong := self._pongs.get(data)) and not pong.done():
                    pong.set_result(None)
        finally:
            self._connection = None
            self.is_open.clear()
            for pong in self._pongs.values():
                if not pong.done():
                    pong.set_result(None)  # whoever waits finds the connection gone
            self.lost()
            with contextlib.suppress(Exception):
                await connection.disconnect(nowait=True)

    async def _pass_on(self, data: bytes) -> None:
        """One message that cannot be handled must not end the hearing of all."""
        try:
            await self.hear(data)
        except Exception:
            log.exception("A message could not be handled: %.200r", data)


def pause(failures: int) -> float:
    """Seconds until the next attempt after so many in a row failed, by chance."""
    longest = min(LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10))  # Redis may be away for days
    return random.uniform(0.05, longest)  # noqa: S311
