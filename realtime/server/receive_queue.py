"""ASGI events that came for an application and are not received yet."""

from __future__ import annotations

import asyncio
from typing import Any

Event = dict[str, Any]


class ReceiveQueue:
    """As much of `asyncio.Queue` as daphne needs. asyncio's own takes 3 kB of each websocket."""

    __slots__ = ("_events", "_waiting")

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._waiting: asyncio.Future[None] | None = None

    def put_nowait(self, event: Event) -> None:
        self._events.append(event)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def get(self) -> Event:
        """Wait for an event, and return the oldest. Only one caller may wait at a time."""
        while not self._events:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        self._waiting = None
        return self._events.pop(0)
