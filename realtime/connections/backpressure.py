"""Backpressure: what waits to be sent to a connection is bounded, and who sends is told when it is full."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

Event = dict[str, Any]  # of ASGI
Send = Callable[[Event], Awaitable[None]]

log = logging.getLogger(__name__)

MAX_QUEUED = 16 * 1024  # bytes; with more a buffer is full


class WriteBuffer:
    """What waits to be sent to one connection: `put` sends an event, or keeps it, and never waits.

    While `is_full`, who sends should stop, and be called back by `on_drain`. A buffer takes more even then:
    what an application must send at once is for it to bound.

    A server may pass a buffer of its own in `scope["write_buffer"]`; `SendQueue` works with all others.
    """

    __slots__ = ("is_full", "on_drain")

    def __init__(self) -> None:
        self.is_full = False
        self.on_drain: list[Callable[[], None]] = []

    def put(self, event: Event) -> None:
        raise NotImplementedError

    def mark_full(self) -> None:
        self.is_full = True

    def mark_drained(self) -> None:
        self.is_full = False
        callbacks, self.on_drain = self.on_drain, []
        for callback in callbacks:
            callback()

    async def drained(self, timeout: float) -> None:
        """Wait until all has been passed to the server, for so many seconds at most."""

    def close(self) -> None:
        """Drop what still waits; the connection is gone."""


class SendQueue(WriteBuffer):
    """A queue before the `send` of an ASGI server, with a task that exists only while something waits.

    It becomes full where the server keeps `send` waiting, as uvicorn does while a client does not read. Stock
    daphne never does: there the queue is never full, and daphne's pings end such a client.
    """

    __slots__ = ("_events", "_is_closed", "_send", "_size", "_task")

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send
        self._events: list[Event] = []
        self._size = 0  # bytes that wait, about
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def put(self, event: Event) -> None:
        if self._is_closed:
            return
        self._events.append(event)
        self._size += size_of(event)
        if self._size > MAX_QUEUED:
            self.mark_full()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def drained(self, timeout: float) -> None:
        if self._task is not None:
            await asyncio.wait([self._task], timeout=timeout)

    def close(self) -> None:
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._events:
                event = self._events.pop(0)
                await self._send(event)
                self._size -= size_of(event)
        except OSError:
            self._is_closed = True  # the client is gone, which the application hears by `receive`
        except Exception:
            self._is_closed = True
            log.exception("A connection cannot be written to; the others are.")
        finally:
            self._events.clear()
            self._task = None
        if self.is_full and not self._is_closed:
            self.mark_drained()


def size_of(event: Event) -> int:
    return len(event.get("text") or event.get("body") or b"")
