"""What comes for an application waits in order, and so does the application."""

from __future__ import annotations

import asyncio

from realtime.server.inbox import Inbox


async def test_what_came_first_is_taken_first() -> None:
    inbox = Inbox()
    for number in range(3):
        inbox.put_nowait({"type": str(number)})
    assert [(await inbox.get())["type"] for _ in range(3)] == ["0", "1", "2"]


async def test_who_asks_first_waits_for_what_comes() -> None:
    inbox = Inbox()
    asking = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    assert not asking.done()
    inbox.put_nowait({"type": "one"})
    inbox.put_nowait({"type": "other"})
    assert await asking == {"type": "one"}
    assert await inbox.get() == {"type": "other"}


async def test_who_gave_up_asking_takes_nothing_away() -> None:
    inbox = Inbox()
    asking = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    asking.cancel()
    inbox.put_nowait({"type": "one"})
    assert await inbox.get() == {"type": "one"}
