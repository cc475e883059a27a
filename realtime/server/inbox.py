"""What a client said and its application has not taken yet."""

from __future__ import annotations

import asyncio
from typing import Any

Said = dict[str, Any]


class Inbox:
    """As much of `asyncio.Queue` as daphne needs: that one's own queues take 3 kB of each socket."""

    __slots__ = ("_said", "_waiting")

    def __init__(self) -> None:
        self._said: list[Said] = []
        self._waiting: asyncio.Future[None] | None = None

    def put_nowait(self, said: Said) -> None:
        self._said.append(said)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def get(self) -> Said:
        """The oldest of what was said; waits for it. One at a time may ask."""
        while not self._said:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        self._waiting = None
        return self._said.pop(0)
