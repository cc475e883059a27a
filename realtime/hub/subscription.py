"""One Redis connection that is subscribed to channels and reports when it may have missed a message."""

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
from realtime.limits import Limits
from realtime.protocol.messages import EVERYBODY, person_channel

log = logging.getLogger(__name__)


class Lost(Exception):
    """The connection is gone. Messages that were published meanwhile have not been received."""


class Subscription:
    """A subscription to Redis that connects again whenever it is lost.

    Redis does not keep messages for a subscriber that is away, so a loss is reported and not repaired here.
    `on_message` gets each message. `on_lost` is called after a loss. `on_connected` is called when there is a
    new connection, which is subscribed only to the channel that is for everybody.
    """

    def __init__(
        self,
        url: str,
        limits: Limits,
        *,
        on_message: Callable[[bytes], Awaitable[None]],
        on_lost: Callable[[], None],
        on_connected: Callable[[], None],
    ) -> None:
        self.url = url
        self.limits = limits
        self.on_message, self.on_lost, self.on_connected = on_message, on_lost, on_connected
        self.subscribed: set[str] = set()
        self.is_open = asyncio.Event()
        self.complete_upto = 0  # each message up to this id was received
        self._connection: AbstractConnection | None = None
        self._pongs: dict[bytes, asyncio.Future[None]] = {}
        self._tokens = itertools.count(1)

    async def sync(self, wanted: Collection[str]) -> None:
        """Subscribe to `wanted` and to nothing else.

        Returns when each message that was published before has been passed on. Raises Lost.
        """
        connection = self._connection
        if connection is None:
            raise Lost
        wanted = {person_channel(EVERYBODY), *wanted}
        began = ids.now()
        token = str(next(self._tokens)).encode()
        pong = self._pongs[token] = asyncio.get_running_loop().create_future()
        verbs = (("SUBSCRIBE", wanted - self.subscribed), ("UNSUBSCRIBE", self.subscribed - wanted))
        commands = [(verb, *channels) for verb, channels in verbs if channels]
        self.subscribed = wanted
        try:
            # In one write, so that the commands of a concurrent call cannot come in between.
            await connection.send_packed_command(connection.pack_commands([*commands, ("PING", token)]))
            async with asyncio.timeout(self.limits.answer_within):
                await pong
            if self._connection is not connection:
                raise Lost
        except (RedisError, OSError) as error:  # TimeoutError is an OSError
            await connection.disconnect(nowait=True)
            raise Lost from error
        finally:
            self._pongs.pop(token, None)
        self.complete_upto = began

    async def run(self) -> None:
        """Connect, pass messages on, and connect again after a loss, until cancelled."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._receive_until_lost()
            except (RedisError, OSError) as error:
                lasted = time.monotonic() - began
                failures = 0 if lasted > self.limits.longest_retry else failures + 1
                log.warning("The subscription to Redis was lost, trying again: %s", error)
            await asyncio.sleep(retry_delay(failures, self.limits.longest_retry))

    async def _receive_until_lost(self) -> None:
        pool = ConnectionPool.from_url(
            self.url,
            protocol=2,
            socket_timeout=None,
            socket_connect_timeout=self.limits.answer_within,
            retry=Retry(NoBackoff(), 0),
        )
        connection: AbstractConnection = await pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.send_command("SUBSCRIBE", person_channel(EVERYBODY))
            self.subscribed = {person_channel(EVERYBODY)}
            self._connection = connection
            self.is_open.set()
            self.on_connected()
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
                    pong.set_result(None)  # `sync` then finds that the connection is gone
            self.on_lost()
            with contextlib.suppress(Exception):
                await connection.disconnect(nowait=True)

    async def _pass_on(self, data: bytes) -> None:
        """Pass one message on. A message that cannot be handled does not end the subscription."""
        try:
            await self.on_message(data)
        except Exception:
            log.exception("A message could not be handled: %.200r", data)


def retry_delay(failures: int, longest: float) -> float:
    """A random delay in seconds before the next attempt, after so many attempts in a row failed."""
    bound = min(longest, 0.1 * 2 ** min(failures, 10))  # Redis may be away for days
    return random.uniform(0.05, bound)  # noqa: S311
