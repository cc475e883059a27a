"""Look-ups of the same moment are one query."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping

import pytest

from realtime.hub.batching import Batcher

pytestmark = pytest.mark.django_db(transaction=True)


class Loader:
    """Doubles numbers, and keeps what it was asked for. The first batch waits until it is released."""

    def __init__(self) -> None:
        self.batches: list[set[int]] = []
        self.has_begun = threading.Event()
        self.released = threading.Event()

    def __call__(self, keys: set[int]) -> Mapping[int, int]:
        self.batches.append(keys)
        self.has_begun.set()
        assert self.released.wait(20)
        if 13 in keys:
            raise ValueError("planted")
        return {key: 2 * key for key in keys if key > 0}


async def test_keys_that_come_while_a_batch_is_loaded_are_the_next_batch():
    loader = Loader()
    double = Batcher(loader)
    first = asyncio.create_task(double(1))
    assert await asyncio.to_thread(loader.has_begun.wait, 20)
    others = [asyncio.create_task(double(key)) for key in (2, 3, 2, -1)]
    await asyncio.sleep(0)
    loader.released.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 4, None]
    assert loader.batches == [{1}, {2, 3, -1}]


async def test_a_failure_is_raised_for_its_batch_and_for_no_other():
    loader = Loader()
    loader.released.set()
    double = Batcher(loader)
    found = await asyncio.gather(double(13), double(4), return_exceptions=True)
    assert [type(one) for one in found] == [ValueError, ValueError]
    assert await double(4) == 8
