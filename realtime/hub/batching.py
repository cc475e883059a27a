"""Questions that many ask at once, put to the database as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from channels.db import database_sync_to_async

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Batcher(Generic[K, V]):
    """Asks for what is wanted by `ask(keys)`; while one question is under way, others gather for the next."""

    def __init__(self, ask: Callable[[set[K]], Mapping[K, V]]) -> None:
        self._ask = database_sync_to_async(ask)
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, key: K) -> V | None:
        """What the question finds for a key; None where it finds nothing. Raises what the question raises."""
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._run())
        return await asyncio.shield(self._waiting[key])

    async def _run(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                await self._answer(waiting)
        finally:
            self._asking = None

    async def _answer(self, waiting: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self._ask(set(waiting))
        except Exception as error:
            for answer in waiting.values():
                answer.set_exception(error)
                answer.exception()  # whoever asked may be gone, and nobody else need hear of it
        else:
            for key, answer in waiting.items():
                answer.set_result(found.get(key))
