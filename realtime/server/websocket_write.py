"""Writing a frame to a daphne websocket the short way."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def write(protocol: Any, text: str) -> bool:
    """Send a text by a daphne websocket; False where it is not open yet. One that ends takes nothing more.

    Where nothing waits it goes straight to the system. Channels, daphne, autobahn and a turn of the loop that
    Twisted waits for cost three times as much (`bin/bench live`).
    """
    if protocol.state != protocol.STATE_OPEN:
        return bool(protocol.state != protocol.STATE_CONNECTING)
    transport, frame = protocol.transport, framed(text)
    # Twisted does not tell publicly whether something waits. Where it came to hide this, all would wait.
    if not transport.dataBuffer and not getattr(transport, "_tempDataLen", True):
        written = transport.writeSomeData(frame)
        if isinstance(written, int):  # else the connection is lost, which Twisted finds out below
            frame = frame[written:]
    if frame:
        transport.write(frame)
    return True


@lru_cache(maxsize=8)  # what is announced goes to many in a row
def framed(text: str) -> bytes:
    """A text message as one frame from a server (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
