"""`/live/events`: the frames of one page as server-sent events, for networks that block websockets."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict

from realtime.connections.backpressure import SendQueue, WriteBuffer
from realtime.endpoints.connecting import Receive, Scope, Send, connection_for, process_switchboard
from realtime.protocol import client_messages, event_stream
from realtime.protocol.client_messages import NotUnderstood
from realtime.protocol.close_codes import Close

FAREWELL_TIMEOUT = 5.0  # seconds for the last event to leave, which a client that does not read prevents

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx passes each event on
]


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application, with the key of a session in its scope."""
    if scope["method"] not in ("GET", "HEAD"):
        await answer(send, 405, "Ask for this with GET.", (b"allow", b"GET, HEAD"))
        return
    try:
        watch = client_messages.parse_query(QueryDict(scope["query_string"]))
    except (NotUnderstood, TooManyFieldsSent, ValueError) as error:
        await answer(send, 400, f"This is not what /live/events understands: {error}.")
        return
    switchboard, stream = process_switchboard(), Stream(scope.get("write_buffer") or SendQueue(send))
    connection = await connection_for(scope, switchboard, stream.buffer, stream.send, stream.close)
    if not watch.is_for(connection.person):
        await answer(send, 403, "Sign in to see this.")
        return
    try:
        stream.begin()
        if scope["method"] == "GET":
            if switchboard.is_ending:
                await stream.close(Close.ENDING)
            elif switchboard.add(connection):
                switchboard.watch(connection, watch.place, watch.threads, watch.since)
            else:
                await stream.close(Close.TOO_MANY_SOCKETS)
            await stream.run(receive)
        await stream.end()
    finally:
        switchboard.remove(connection)
        stream.buffer.close()


class Stream:
    """A response that lasts until one side ends it. `code` is set when this side does."""

    def __init__(self, buffer: WriteBuffer) -> None:
        self.buffer = buffer
        self.has_ended = False
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def begin(self) -> None:
        self.buffer.put({"type": "http.response.start", "status": 200, "headers": HEADERS})

    async def send(self, frame: str) -> None:
        self._write(f"data: {frame}\n\n")

    def _write(self, text: str) -> None:
        if not self.code.done() and not self.has_ended:
            self.buffer.put({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def close(self, code: int) -> None:
        """Send nothing more but this code."""
        if not self.code.done():
            self.code.set_result(int(code))

    async def run(self, receive: Receive) -> None:
        """Return when this side closes the stream, or the client is gone."""
        gone = asyncio.ensure_future(disconnected(receive))
        ends: set[asyncio.Future[Any]] = {gone, self.code}
        try:
            while not any(end.done() for end in ends):
                await asyncio.wait(ends, timeout=event_stream.SIGN_OF_LIFE, return_when="FIRST_COMPLETED")
                if not self.buffer.is_full:
                    self._write(":\n\n")
        finally:
            gone.cancel()

    async def end(self) -> None:
        last = f"event: close\ndata: {self.code.result()}\n\n" if self.code.done() else ""
        self.has_ended = True
        self.buffer.put({"type": "http.response.body", "body": last.encode()})
        await self.buffer.drained(FAREWELL_TIMEOUT)


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(send: Send, status: int, sentence: str, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
