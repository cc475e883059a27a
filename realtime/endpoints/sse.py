"""`/live/events`: the frames of one page as server-sent events, for where websockets are blocked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict

from realtime.connections.backpressure import WriteBuffer
from realtime.endpoints.consumer import connection_for, process_switchboard
from realtime.protocol import client_messages
from realtime.protocol.client_messages import NotUnderstood
from realtime.protocol.close_codes import Close
from realtime.protocol.event_stream import SIGN_OF_LIFE

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx passes each event on
]


async def events(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """An ASGI application, with the key of a session in its scope."""
    if scope["method"] not in ("GET", "HEAD"):
        await _answer(send, 405, "Ask for this with GET.", (b"allow", b"GET, HEAD"))
        return
    try:
        watch = client_messages.parse_query(QueryDict(scope["query_string"]))
    except (NotUnderstood, TooManyFieldsSent, ValueError) as error:
        await _answer(send, 400, f"This is not what /live/events understands: {error}.")
        return
    board, stream = process_switchboard(), Stream(send)
    connection = await connection_for(
        scope, board, scope.get("write_buffer") or WriteBuffer(), stream.tell, stream.close
    )
    if not watch.is_for(connection.person):
        await _answer(send, 403, "Sign in to see this.")
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    if scope["method"] == "HEAD":
        await stream.end()
        return
    if board.add(connection):
        try:
            board.watch(connection, watch.place, watch.threads, watch.since)
            await stream.last(receive, connection.write_buffer)
        finally:
            board.remove(connection)
    else:
        await stream.close(Close.TOO_MANY_SOCKETS)
    await stream.end()


class Stream:
    """One response that does not end."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def tell(self, frame: str) -> None:
        await self._write(f"data: {frame}\n\n")

    async def _write(self, text: str) -> None:
        if not self.code.done():
            await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def close(self, code: int) -> None:
        """Nothing is sent after this but the code."""
        if not self.code.done():
            self.code.set_result(int(code))

    async def last(self, receive: Receive, write_buffer: WriteBuffer) -> None:
        """Return when this server closes the stream, or the other end is gone."""
        left = asyncio.ensure_future(_left(receive))
        ends: set[asyncio.Future[Any]] = {left, self.code}
        try:
            while not any(end.done() for end in ends):
                await asyncio.wait(ends, timeout=SIGN_OF_LIFE, return_when="FIRST_COMPLETED")
                if not write_buffer.is_full:
                    await self._write(":\n\n")
        finally:
            left.cancel()

    async def end(self) -> None:
        last = f"event: close\ndata: {self.code.result()}\n\n" if self.code.done() else ""
        await self._send({"type": "http.response.body", "body": last.encode()})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, sentence: str, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
