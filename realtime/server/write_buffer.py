"""Writing to a connection of daphne: at once where nothing waits, and with notice of a full buffer."""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import Any

from realtime.connections.backpressure import Event, WriteBuffer
from realtime.server import limits


class TransportBuffer(WriteBuffer):
    """The buffer of a Twisted transport, which calls it as its push producer.

    It writes past the ASGI `send`, and so past middleware that wraps `send`.
    """

    __slots__ = ("_protocol",)

    def __init__(self, protocol: Any) -> None:
        super().__init__()
        self._protocol = protocol
        protocol.registerProducer(self, True)
        protocol.transport.bufferSize = limits.MAX_BUFFERED

    def put(self, event: Event) -> None:
        if event["type"] != "websocket.send" or not write(self._protocol, event["text"]):
            self._protocol.server.reply(self._protocol, event)

    def pauseProducing(self) -> None:  # noqa: N802
        self.mark_full()

    def resumeProducing(self) -> None:  # noqa: N802
        self.mark_drained()

    def stopProducing(self) -> None:  # noqa: N802
        self.mark_full()


def write(protocol: Any, text: str) -> bool:
    """Send a text by a websocket; False if it is not open yet. After its end the text is dropped.

    If nothing waits, the frame goes straight to the system. Through daphne, autobahn and the next turn of the
    loop it costs three times as much (`bin/bench live`).
    """
    if protocol.state != protocol.STATE_OPEN:
        return bool(protocol.state != protocol.STATE_CONNECTING)
    transport, frame = protocol.transport, framed(text)
    # Twisted has no public way to ask whether something waits. Without this attribute all frames wait.
    if not transport.dataBuffer and not getattr(transport, "_tempDataLen", True):
        written = transport.writeSomeData(frame)
        if isinstance(written, int):  # otherwise the connection is lost, which `write` tells Twisted
            frame = frame[written:]
    if frame:
        transport.write(frame)
    return True


@lru_cache(maxsize=8)  # an announcement is sent to many connections in a row
def framed(text: str) -> bytes:
    """A text message as one frame from a server (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def end_when_unacknowledged(transport: Any) -> None:
    """Let the system end a connection whose client acknowledges nothing (Linux)."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        milliseconds = int(limits.UNACKNOWLEDGED_TIMEOUT * 1000)
        transport.getHandle().setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
