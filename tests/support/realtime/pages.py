"""Open pages on the server's side: a real websocket endpoint and a real Valkey. The test plays `live.js`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from network.models import Person
from realtime.connections.backpressure import SendQueue
from realtime.endpoints.auth import WithSession
from realtime.endpoints.websocket import live
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits

PATIENCE = 20.0  # seconds; a machine may be busy
Frame = dict[str, Any]


def with_limits(**limits: Any) -> pytest.MarkDecorator:
    """Run a test with other limits in its switchboards."""
    return pytest.mark.parametrize("limits", [Limits(**limits)], ids=[""])


class Buffer(SendQueue):
    """A write buffer that a test may fill: it stays full until the test drains it."""

    def __init__(self, send: Any) -> None:
        super().__init__(send)
        self.is_filled = False

    def fill(self) -> None:
        self.is_filled = True
        self.mark_full()

    def drain(self) -> None:
        self.is_filled = False
        self.mark_drained()

    def mark_drained(self) -> None:
        if not self.is_filled:
            super().mark_drained()


class Page:
    """An open socket. Frames that a test does not wait for are kept."""

    def __init__(self, board: Switchboard, session: str) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.write_buffer = Buffer(send)
            scope = scope | {"write_buffer": self.write_buffer}
            await WithSession(partial(live, switchboard=board))(scope, receive, send)

        headers = [(b"cookie", f"sessionid={session}".encode())] if session else []
        self.board = board
        self.socket = WebsocketCommunicator(app, "/live", headers=headers)

    async def watch(self, place: str, *, threads: tuple[object, ...] = (), since: object = 0) -> Page:
        """Send a `watch`."""
        said = {"v": 1, "type": "watch", "place": place, "since": str(since)}
        await self.say({**said, "threads": [str(thread) for thread in threads]})
        return self

    async def say(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        await self.socket.send_to(text_data=text)

    async def next(self, *types: str) -> Frame:
        """The next frame of one of these types. Frames before it are dropped."""
        deadline = time.monotonic() + PATIENCE
        while True:
            message = await self.socket.receive_output(max(0.01, deadline - time.monotonic()))
            assert message["type"] == "websocket.send", f"The socket was closed: {message}"
            frame: Frame = json.loads(message["text"])
            if frame["type"] in types:
                return frame

    async def ready(self) -> Page:
        await self.next("ready")
        return self

    async def received(self) -> list[Frame]:
        """The frames so far, after everything announced until now was delivered."""
        await settled(self.board)
        frames = []
        while not self.socket.output_queue.empty():
            message = self.socket.output_queue.get_nowait()
            if message["type"] == "websocket.send":
                frames.append(json.loads(message["text"]))
        return [frame for frame in frames if frame["type"] not in ("ready", "unread", "counts")]

    async def until_closed(self) -> tuple[int, list[Frame]]:
        """The code with which the server closes this socket, and the entries before it."""
        deadline = time.monotonic() + PATIENCE
        frames: list[Frame] = []
        while True:
            message = await self.socket.receive_output(max(0.01, deadline - time.monotonic()))
            if message["type"] == "websocket.close":
                return int(message["code"]), [frame for frame in frames if frame["type"] == "entry"]
            frames.append(json.loads(message["text"]))

    async def closed(self) -> int:
        """The code with which the server closes this socket. Frames before it are dropped."""
        code, _entries = await self.until_closed()
        return code

    async def leave(self) -> None:
        await self.socket.disconnect()


async def open_page(
    board: Switchboard,
    person: Person | None,
    place: str = "",
    **watch: Any,
) -> Page:
    """Open a page of a person, or of nobody. With a place it is complete when this returns."""
    page = Page(board, await sync_to_async(session_of)(person) if person is not None else "")
    connected, _protocol = await page.socket.connect(timeout=PATIENCE)
    assert connected
    if place:
        await (await page.watch(place, **watch)).ready()
    return page


def entries(frames: list[Frame]) -> list[str]:
    """The posts of new entries and comments, in their order."""
    return [frame["post"] for frame in frames if frame["type"] in ("entry", "comment")]


def session_of(person: Person) -> str:
    """The key of a new session in which the person is signed in."""
    client = Client()
    client.force_login(person.user)
    return client.cookies["sessionid"].value


async def settled(board: Switchboard) -> None:
    """Wait until a process has received everything announced before, and no page is paused."""
    await until(lambda: board.subscription.is_open.is_set(), "there is a subscription to Redis")
    await board.subscription.sync(board.connections.channels)
    await until(
        lambda: all(
            connection.queued is None or connection.overflowed or not connection.channels
            for connection in board.connections
        ),
        "all have caught up",
    )
    for connection in board.connections:
        await connection.write_buffer.drained(PATIENCE)


async def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"Waited {PATIENCE} s in vain: {what}"
        await asyncio.sleep(0.01)
