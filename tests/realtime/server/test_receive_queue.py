"""What comes for an application waits in order, and so does the application."""

from __future__ import annotations

import asyncio

from realtime.server.receive_queue import ReceiveQueue


async def test_what_came_first_is_taken_first() -> None:
    queue = ReceiveQueue()
    for number in range(3):
        queue.put_nowait({"type": str(number)})
    assert [(await queue.get())["type"] for _ in range(3)] == ["0", "1", "2"]


async def test_who_asks_first_waits_for_what_comes() -> None:
    queue = ReceiveQueue()
    asking = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not asking.done()
    queue.put_nowait({"type": "one"})
    queue.put_nowait({"type": "other"})
    assert await asking == {"type": "one"}
    assert await queue.get() == {"type": "other"}


async def test_who_gave_up_asking_takes_nothing_away() -> None:
    queue = ReceiveQueue()
    asking = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    asking.cancel()
    queue.put_nowait({"type": "one"})
    assert await queue.get() == {"type": "one"}
