"""The server's entry point, `python -m realtime.server`: daphne, three things cheaper, and with three more.

Stock daphne keeps every finished request until a check once a second, and Python's garbage collector
walks them all meanwhile: together they make most of its slowest answers. And it keeps of each websocket
twice what that needs (`Inbox`, `strangers`).

It buffers without end for a websocket that does not read; here the consumer is told of it (`Flow`). When
asked to end it drops what it is doing; here what was asked is answered first. And it waits for ever for who
never comes to an end; here for a while (`strangers`).
"""

import asyncio
import gc
import os
import time
from asyncio import Task
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from daphne import server as daphne
from daphne.http_protocol import WebRequest
from twisted.internet.defer import Deferred

from realtime.connections.backpressure import WriteBuffer
from realtime.protocol.event_stream import EVENTS
from realtime.server import limits
from realtime.server.inbox import Inbox
from realtime.server.websocket_write import write

BACKLOG = 2048  # after a restart all return at once; whoever finds the queue full waits a second
ASGI = {"version": "3.0"}
LARGEST_MESSAGE = 64 * 1024
MOST_BUFFERED = 16 * 1024  # bytes that wait for a websocket before it counts as full
# Seconds to end in: whoever connected just now has yet to say what they want; nobody is waited for longer.
QUIET, LONGEST = 0.3, 9.0


class Server(daphne.Server):
    """Daphne that lets go of a request as soon as it is over, and answers all of them before it ends."""

    port: Any = None
    hand_over: Callable[[], Awaitable[None]] | None = None

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.port = port
        self.http_factory.protocol = limits.Channel
        self.ws_factory.protocol = limits.websocket(self.ws_factory)
        self.http_factory.timeOut = limits.REQUEST_WITHIN

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Inbox:
        if scope["type"] == "websocket":
            protocol.unregisterProducer()  # the HTTP channel that it came from has nothing left to do
            scope["write_buffer"] = watch_write_buffer(protocol)
            scope["write_buffer"].write = partial(write, protocol)
        elif scope["path"] == EVENTS:
            scope["write_buffer"] = watch_write_buffer(protocol)
            limits.notice_silence(protocol.transport)
        inbox = Inbox()
        answer = self.application(scope | {"asgi": ASGI}, inbox.get, partial(self.handle_reply, protocol))
        task = self.connections[protocol]["application_instance"] = asyncio.ensure_future(answer)
        task.add_done_callback(lambda _: self.let_go(protocol))
        return inbox

    def protocol_disconnected(self, protocol: Any) -> None:
        super().protocol_disconnected(protocol)
        self.let_go(protocol)

    def let_go(self, protocol: Any) -> None:
        """Forget a connection that is closed and answered; one that failed is left for daphne to report."""
        connection = self.connections.get(protocol, {})
        task: Task[None] | None = connection.get("application_instance")
        if "disconnected" in connection and task and task.done() and not failed(task):
            del self.connections[protocol]

    def kill_all_applications(self) -> Any:
        """What daphne does first when it is to end: here only once all requests are answered."""
        return Deferred.fromFuture(asyncio.ensure_future(self.finish()))

    async def finish(self) -> None:
        """Let nobody in any more, send live pages to whoever takes over, and answer who has asked."""
        if self.port is not None:
            self.port.numberAccepts = BACKLOG
            self.port.doRead()  # closing would turn away who waits in the queue
            self.port.stopListening()
        if self.hand_over is not None:
            await self.hand_over()
        last = time.monotonic() + LONGEST
        quiet = time.monotonic() + QUIET
        while time.monotonic() < min(quiet, last):
            await asyncio.sleep(0.02)
            if any(isinstance(protocol, WebRequest) for protocol in self.connections):
                quiet = time.monotonic() + QUIET
        tasks = [
            of["application_instance"] for of in self.connections.values() if "application_instance" in of
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def failed(task: "Task[None]") -> bool:
    return task.cancelled() or task.exception() is not None


def watch_write_buffer(protocol: Any) -> WriteBuffer:
    """Be told when what waits to be sent fills its place, and when it drains."""
    write_buffer = WriteBuffer()
    protocol.registerProducer(write_buffer, True)
    protocol.transport.bufferSize = MOST_BUFFERED
    return write_buffer


def collect_rarely() -> None:
    """What was loaded at the start stays: the collector need not look at it again, nor look so often.

    How much garbage may lie about is the first number: with 20,000 a process goes up and down by a tenth.
    What outlives a request by a little is found only when all is looked at, after as many rounds as the last
    number says: with 1,000 a server grew by a fifteenth in half an hour. Nor is all looked at before it has
    grown by a quarter (CPython's own rule), so it is counted anew once what stays is out of the way.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(5_000, 50, 10)


def endpoint(host: str, port: str) -> str:
    """Where to listen, in Twisted's words."""
    return f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}:backlog={BACKLOG}"


def keep_the_database_open() -> None:
    """With SQLite, opening needs room on the disk where nobody has it open yet; then reading needs none.

    So a full disk can still be read from.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()


def main() -> None:
    place = endpoint(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    from realtime.asgi import application
    from realtime.endpoints.consumer import process_switchboard

    keep_the_database_open()
    server = Server(
        application,
        endpoints=[place],
        ready_callable=collect_rarely,
        server_name="kith",
        ping_interval=limits.PING_EVERY,
        ping_timeout=limits.PONG_WITHIN,
        websocket_max_message_size=LARGEST_MESSAGE,
        websocket_max_frame_size=LARGEST_MESSAGE,
    )
    server.hand_over = process_switchboard().hand_over
    server.run()


if __name__ == "__main__":
    main()
