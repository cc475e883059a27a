"""The background tasks of a switchboard: a failure is logged and stops no other task."""

from __future__ import annotations

import asyncio

import pytest

from realtime.hub.tasks import Tasks


async def wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def fail() -> None:
    raise ValueError("planted")


async def test_a_task_that_fails_is_logged_and_stops_no_other(caplog: pytest.LogCaptureFixture):
    tasks, begun, ended = Tasks(), asyncio.Event(), asyncio.Event()

    async def other() -> None:
        begun.set()
        await wait_for(ended)

    tasks.start(other())
    tasks.start(fail())
    await begun.wait()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]
    assert tasks, "the other one runs"
    await tasks.cancel()


async def test_after_a_cancellation_no_task_is_left(caplog: pytest.LogCaptureFixture):
    tasks = Tasks()
    assert not tasks
    for _number in range(3):
        tasks.start(wait_for(asyncio.Event()))
    await tasks.cancel()
    assert not tasks
    assert not caplog.records, "a task that is cancelled has not failed"
