"""Daphne that frees a request as soon as it is answered, and answers all requests before it ends.

Stock daphne keeps every finished request until a check once a second, and Python's garbage collector walks
them all meanwhile: together they make most of its slowest answers. When it is told to end it cancels what it
is doing. And it buffers without a limit for a client that does not read.
"""

from __future__ import annotations

import asyncio
import time
from asyncio import Task
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from daphne import server as daphne
from daphne.http_protocol import WebRequest
from twisted.internet.defer import Deferred

from realtime.protocol.event_stream import EVENTS
from realtime.server import limits
from realtime.server.http_channel import LimitedChannel
from realtime.server.receive_queue import ReceiveQueue
from realtime.server.websocket_protocol import protocol_class
from realtime.server.write_buffer import TransportBuffer, end_when_unacknowledged

ASGI = {"version": "3.0"}


class Server(daphne.Server):
    """`hand_over`, if set, closes live pages before the server ends, so that another process takes them."""

    port: Any = None
    hand_over: Callable[[], Awaitable[None]] | None = None

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.port = port
        self.http_factory.protocol = LimitedChannel
        self.http_factory.timeOut = limits.REQUEST_TIMEOUT
        self.ws_factory.protocol = protocol_class(self.ws_factory)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> ReceiveQueue:
        if scope["type"] == "websocket":
            protocol.unregisterProducer()  # the HTTP channel that it came from
            scope["write_buffer"] = TransportBuffer(protocol)
        elif scope["path"] == EVENTS:
            scope["write_buffer"] = TransportBuffer(protocol)
            end_when_unacknowledged(protocol.transport)
        queue = ReceiveQueue()
        answer = self.application(scope | {"asgi": ASGI}, queue.get, partial(self.handle_reply, protocol))
        task = self.connections[protocol]["application_instance"] = asyncio.ensure_future(answer)
        task.add_done_callback(lambda _: self.forget(protocol))
        return queue

    def reply(self, protocol: Any, event: dict[str, Any]) -> None:
        """Send an ASGI event now. After the end of the connection it is dropped."""
        connection = self.connections.get(protocol)
        if connection is not None and "disconnected" not in connection:
            protocol.handle_reply(event)

    def protocol_disconnected(self, protocol: Any) -> None:
        super().protocol_disconnected(protocol)
        self.forget(protocol)

    def forget(self, protocol: Any) -> None:
        """Free a connection that is closed and answered. One that failed is left for daphne to report."""
        connection = self.connections.get(protocol, {})
        task: Task[None] | None = connection.get("application_instance")
        if "disconnected" in connection and task and task.done() and not has_failed(task):
            del self.connections[protocol]

    def kill_all_applications(self) -> Any:
        """Daphne calls this before it ends, and waits for it."""
        return Deferred.fromFuture(asyncio.ensure_future(self.finish()))

    async def finish(self) -> None:
        """Accept no more connections, hand live pages over, and answer all requests."""
        if self.port is not None:
            self.port.numberAccepts = limits.BACKLOG
            self.port.doRead()  # accept what waits: closing the port would reset those connections
            self.port.stopListening()
        if self.hand_over is not None:
            await self.hand_over()
        end = time.monotonic() + limits.LONGEST_END
        quiet = time.monotonic() + limits.QUIET_BEFORE_END
        while time.monotonic() < min(quiet, end):
            await asyncio.sleep(0.02)
            if any(isinstance(protocol, WebRequest) for protocol in self.connections):
                quiet = time.monotonic() + limits.QUIET_BEFORE_END
        instances = [each.get("application_instance") for each in self.connections.values()]
        tasks = [task for task in instances if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def has_failed(task: Task[None]) -> bool:
    return task.cancelled() or task.exception() is not None


def endpoint(host: str, port: str) -> str:
    """An address to listen at, as Twisted's endpoint string."""
    return f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}:backlog={limits.BACKLOG}"
