"""Open pages, as the server sees them: a real websocket endpoint on a real Valkey, spoken to as `live.js` does."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from network.models import Person
from realtime.connections.backpressure import SendQueue
from realtime.endpoints.auth import WithSession
from realtime.endpoints.websocket import live
from realtime.hub.switchboard import Switchboard

PATIENCE = 20.0  # seconds; a machine may be busy
Frame = dict[str, Any]


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
    """A socket that is open. Frames that a test does not wait for are kept for it."""

    def __init__(self, board: Switchboard, session: str) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            self.write_buffer = Buffer(send)
            scope = scope | {"write_buffer": self.write_buffer}
            await WithSession(partial(live, switchboard=board))(scope, receive, send)

        headers = [(b"cookie", f"sessionid={session}".encode())] if session else []
        self.board = board
        self.socket = WebsocketCommunicator(app, "/live", headers=headers)

    async def watch(self, place: str, *, threads: tuple[object, ...] = (), since: object = 0) -> Page:
        """Say what is shown, and wait until the server has told what was missed."""
        said = {"v": 1, "type": "watch", "place": place, "since": str(since)}
        await self.say({**said, "threads": [str(thread) for thread in threads]})
        return self

    async def say(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        await self.socket.send_to(text_data=text)

    async def next(self, *types: str) -> Frame:
        """The next frame of one of these types; others before it are passed over."""
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
        """The frames so far, once all that was announced until now has been heard here."""
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
        """The code with which the server closes this socket; frames before it are passed over."""
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
    """A page of somebody, or of nobody, that has heard all there is so far of what it shows."""
    page = Page(board, await sync_to_async(session_of)(person) if person is not None else "")
    connected, _protocol = await page.socket.connect(timeout=PATIENCE)
    assert connected
    if place:
        await (await page.watch(place, **watch)).ready()
    return page


def session_of(person: Person) -> str:
    """A session in which the person is signed in, as signing in makes one."""
    client = Client()
    client.force_login(person.user)
    return client.cookies["sessionid"].value


async def settled(board: Switchboard) -> None:
    """Wait until a process has heard all that was announced before, and nobody is held any more."""
    await until(lambda: board.subscription.is_open.is_set(), "Redis is heard")
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
