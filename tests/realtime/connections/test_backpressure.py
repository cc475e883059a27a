"""A queue before a server's `send`: it keeps order, is bounded by telling, and costs nothing while it is empty."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from realtime.connections.backpressure import MAX_QUEUED, Event, SendQueue

TEXT = "x" * 1000


class Server:
    """The sending side of an ASGI server, which waits while its client does not read."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.error: Exception | None = None

    async def send(self, event: Event) -> None:
        await self.reads.wait()
        if self.error:
            raise self.error
        self.sent.append(event)


@pytest.fixture
def server() -> Server:
    return Server()


def frame(text: str = TEXT) -> Event:
    return {"type": "websocket.send", "text": text}


async def test_events_are_sent_in_order_and_none_waits_for_the_server(server: Server) -> None:
    queue = SendQueue(server.send)
    events: list[dict[str, Any]] = [
        {"type": "websocket.accept"},
        frame("a"),
        frame("b"),
        {"type": "websocket.close"},
    ]
    for event in events:
        queue.put(event)
    await queue.drained(5)
    assert server.sent == events


async def test_it_is_full_while_a_client_does_not_read_and_tells_when_it_does_again(server: Server) -> None:
    queue, calls = SendQueue(server.send), []
    server.reads.clear()
    put = 0
    while not queue.is_full:
        queue.put(frame())
        put += 1
    assert put == MAX_QUEUED // len(TEXT) + 1
    queue.on_drain.append(lambda: calls.append(len(server.sent)))
    await queue.drained(0.01)
    assert not calls
    server.reads.set()
    await queue.drained(5)
    assert (calls, queue.is_full) == ([put], False)
    queue.put(frame())
    await queue.drained(5)
    assert not queue.is_full, "what was sent counts no more"


async def test_bytes_of_a_body_count_too(server: Server) -> None:
    queue = SendQueue(server.send)
    server.reads.clear()
    queue.put({"type": "http.response.body", "body": b"x" * (MAX_QUEUED + 1), "more_body": True})
    assert queue.is_full
    queue.close()


async def test_what_waits_for_a_client_that_is_gone_is_dropped(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    queue = SendQueue(server.send)
    server.error = OSError()
    for _ in range(3):
        queue.put(frame())
    await queue.drained(5)
    server.error = None
    queue.put(frame())
    await queue.drained(5)
    assert (server.sent, caplog.records) == ([], [])


async def test_a_server_that_fails_is_logged_and_drops_what_waits(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    queue = SendQueue(server.send)
    server.error = RuntimeError("Unexpected ASGI message")
    for _ in range(3):
        queue.put(frame())
    with caplog.at_level(logging.ERROR):
        await queue.drained(5)
        queue.put(frame())
        await queue.drained(5)
    assert len(caplog.records) == 1


async def test_after_its_end_nothing_is_sent(server: Server) -> None:
    queue = SendQueue(server.send)
    server.reads.clear()
    for _ in range(3):
        queue.put(frame())
    await queue.drained(0.01)
    queue.close()
    await queue.drained(5)
    server.reads.set()
    queue.put(frame())
    await queue.drained(5)
    assert server.sent == []


async def test_a_client_that_is_gone_does_not_count_as_drained(server: Server) -> None:
    queue, calls = SendQueue(server.send), []
    server.reads.clear()
    queue.put(frame("x" * (MAX_QUEUED + 1)))
    queue.on_drain.append(lambda: calls.append(True))
    server.error = OSError()
    server.reads.set()
    await queue.drained(5)
    assert not calls
