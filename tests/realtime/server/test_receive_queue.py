"""The queue of ASGI events keeps their order, and one receiver waits for them."""

from __future__ import annotations

import asyncio

from realtime.server.receive_queue import ReceiveQueue


async def test_events_are_received_in_order() -> None:
    queue = ReceiveQueue()
    for number in range(3):
        queue.put_nowait({"type": str(number)})
    assert [(await queue.get())["type"] for _ in range(3)] == ["0", "1", "2"]


async def test_receiving_waits_for_an_event() -> None:
    queue = ReceiveQueue()
    asking = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    assert not asking.done()
    queue.put_nowait({"type": "one"})
    queue.put_nowait({"type": "other"})
    assert await asking == {"type": "one"}
    assert await queue.get() == {"type": "other"}


async def test_a_cancelled_receive_takes_no_event() -> None:
    queue = ReceiveQueue()
    asking = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    asking.cancel()
    queue.put_nowait({"type": "one"})
    assert await queue.get() == {"type": "one"}
