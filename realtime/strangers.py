"""HTTP and websockets as daphne speaks them, with limits to what whoever connects may ask of the server.

How long a request may take to come, of how many pieces a message may be, and when somebody counts as gone.
Whoever breaks a rule of the protocol is told by a code which it was, and so is the log.
"""

from __future__ import annotations

import logging
import socket
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.web.http import HTTPChannel

log = logging.getLogger(__name__)

REQUEST_WITHIN = 60  # seconds from the first byte of a request to its last
PIECE = 64  # bytes that each frame of a message counts for, beside its own
PING_EVERY, PONG_WITHIN = 20, 30  # seconds
UNHEARD = 40  # seconds after which who takes nothing of an event stream counts as gone


class Channel(HTTPChannel):
    """A connection by which requests come. With Twisted each byte gives more time; here the first does."""

    began = False

    def resetTimeout(self) -> None:  # noqa: N802
        if not self.began:
            self.began = True
            super().resetTimeout()  # type: ignore[no-untyped-call]

    def allContentReceived(self) -> None:  # noqa: N802
        super().allContentReceived()  # type: ignore[no-untyped-call]
        if self.transport is not None and self.transport.protocol is not self:
            self.requests.clear()  # it is a websocket now: nobody else holds this and its request

    def requestDone(self, request: Any) -> None:  # noqa: N802
        self.began = False
        super().requestDone(request)  # type: ignore[no-untyped-call]

    def timeoutConnection(self) -> None:  # noqa: N802
        if self.began:
            transport: Any = self.transport
            log.warning("Closing the connection of %s: its request did not end", transport.getPeer())
        super().timeoutConnection()  # type: ignore[no-untyped-call]


class Websocket(WebSocketProtocol):
    failByDrop = False  # noqa: N815 - an option of autobahn's: close with a code

    @staticmethod
    def perMessageCompressionAccept(offers: Any) -> None:  # noqa: N802 - an option, too
        """None of what browsers offer: a frame that goes to a thousand is made once."""

    def onMessageFrameBegin(self, length: int) -> None:  # noqa: N802
        """Else a message of pieces with nothing in them would never be too large."""
        super().onMessageFrameBegin(length + PIECE)

    def failHandshake(self, reason: str, code: int = 400, responseHeaders: Any = None) -> None:  # noqa: N802, N803
        log.warning("Letting no socket of %s in, %d: %.200r", self.peer, code, reason)
        super().failHandshake(reason, code, responseHeaders)

    def onClose(self, *how: Any) -> None:  # noqa: N802
        if self.failedByMe:
            why = self.localCloseReason.decode()
            log.warning("Closing the socket of %s with %d: %s", self.peer, self.localCloseCode, why)
        if hasattr(self, "server"):  # else it was never let in, and daphne does not know it
            super().onClose(*how)

    def connectionLost(self, *how: Any) -> None:  # noqa: N802
        super().connectionLost(*how)
        self.is_closed = None  # which holds what is closed


def websocket(factory: Any) -> type[Websocket]:
    """The class of a factory's websockets, which has its options.

    Autobahn copies thirty into each socket, and writes out for a log what they are, heard or not: two kB and
    a tenth of the time that opening one takes.
    """
    given = {name: getattr(factory, name) for name in Websocket.CONFIG_ATTRS if not hasattr(Websocket, name)}
    return type("Websocket", (Websocket,), given | {"CONFIG_ATTRS": ()})


def notice_silence(transport: Any) -> None:
    """Have the system end a connection whose other end acknowledges nothing: else it takes 15 minutes to."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        transport.getHandle().setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(UNHEARD * 1000))
