"""Batch look-ups that many connections make at the same time into one query (as DataLoader does)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from channels.db import database_sync_to_async

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Batcher(Generic[K, V]):
    """Look keys up by `load(keys)`. While one batch is being loaded, further keys wait for the next."""

    def __init__(self, load: Callable[[set[K]], Mapping[K, V]]) -> None:
        self._load = database_sync_to_async(load)
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._loading: asyncio.Task[None] | None = None

    async def __call__(self, key: K) -> V | None:
        """The value of a key, or None where `load` finds none. Raises what `load` raises."""
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._loading is None:
            self._loading = asyncio.create_task(self._load_batches())
        return await asyncio.shield(self._waiting[key])

    async def _load_batches(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                await self._load_batch(batch)
        finally:
            self._loading = None

    async def _load_batch(self, batch: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            values = await self._load(set(batch))
        except Exception as error:
            for result in batch.values():
                result.set_exception(error)
                result.exception()  # marks it as retrieved: the caller may be gone
        else:
            for key, result in batch.items():
                result.set_result(values.get(key))
