"""What lies between a reader and the wire: whether a socket takes more, and the short way to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

EVENTS = "/live/events"  # the one request whose answer does not end
SIGN_OF_LIFE = 20.0  # seconds between comments there, by which proxies and both ends know that all is well


class Flow:
    """Whether a socket takes more at the moment: a push producer, as Twisted's transports know them.

    `write` sends a text the short way; False, and nothing is sent, where there is none.
    """

    __slots__ = ("is_paused", "waiting", "write")

    def __init__(self, write: Callable[[str], bool] = lambda text: False) -> None:
        self.is_paused = False
        self.waiting: list[Callable[[], None]] = []  # who is called when it has drained
        self.write = write

    def pauseProducing(self) -> None:  # noqa: N802
        self.is_paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        self.is_paused = False
        waiting, self.waiting = self.waiting, []
        for go_on in waiting:
            go_on()

    def stopProducing(self) -> None:  # noqa: N802
        self.is_paused = True


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
