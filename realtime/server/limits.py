"""HTTP and websockets as daphne speaks them, with limits to what whoever connects may ask of the server.

How long a request may take to come, of how many pieces a message may be, and when somebody counts as gone.
Whoever breaks a rule of the protocol is told by a code which it was, and so is the log.
"""

from __future__ import annotations

import logging
import socket
from functools import partial
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.web.http import HTTPChannel

log = logging.getLogger(__name__)

REQUEST_WITHIN = 60  # seconds from the first byte of a request to its last
# Of a first line with all headers: bytes, and lines. Twisted's own limits, but it answers neither by name.
LARGEST_HEAD, MOST_LINES = 16 * 1024, 500
LARGEST_BODY = 1024 * 1024  # bytes, as Django takes (DATA_UPLOAD_MAX_MEMORY_SIZE)
URI_TOO_LONG = "414 URI Too Long"
HEAD_TOO_LARGE = "431 Request Header Fields Too Large"
BODY_TOO_LARGE = "413 Content Too Large"
LINGER = 5  # seconds in which somebody who is refused may still send, and reads why
# Headers by which daphne is told what no page uses: a client could move all links, or end it by odd bytes.
UNHEARD_OF = {b"daphne-root-path", b"sec-websocket-protocol"}
PIECE = 64  # bytes that each frame of a message counts for, beside its own
PING_EVERY, PONG_WITHIN = 20, 30  # seconds
UNHEARD = 40  # seconds after which who takes nothing of an event stream counts as gone


class Channel(HTTPChannel):
    """A connection by which requests come. With Twisted each byte gives more time; here the first does.

    What is too large is refused as soon as that is known, with the status that says so and a line in the log.
    """

    began = False
    refused = ""  # with which status
    lines = head = body = (
        0  # of the request that is being read: lines, their bytes, and bytes of a body in chunks
    )

    def connectionMade(self) -> None:  # noqa: N802
        # Django reads forms; Twisted would too, and fails at some.
        self.requestFactory = partial(WebRequest, parsePOSTFormSubmission=False)  # type: ignore[assignment]
        super().connectionMade()  # type: ignore[no-untyped-call]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.refused:
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self.lines += 1
        self.head += len(line)
        if self.head > LARGEST_HEAD or self.lines > MOST_LINES:
            self.refuse(URI_TOO_LONG if self.lines == 1 else HEAD_TOO_LARGE)
        if not self.refused:
            super().lineReceived(line)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self.refuse(URI_TOO_LONG if self.lines == 0 else HEAD_TOO_LARGE)

    def headerReceived(self, line: bytes) -> bool:  # noqa: N802
        name, _colon, value = line.partition(b":")
        if name.lower() in UNHEARD_OF:
            return True
        length = value.strip()
        if name.lower() == b"content-length" and length.isdigit() and is_more(length, LARGEST_BODY):
            self.refuse(BODY_TOO_LARGE)
            return False
        return bool(super().headerReceived(line))  # type: ignore[no-untyped-call]

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.length is None:  # of a body in chunks
            self.body += len(data)
        if self.body > LARGEST_BODY:
            self.refuse(BODY_TOO_LARGE)
        if not self.refused:
            super().rawDataReceived(data)

    def refuse(self, status: str) -> None:
        """Answer, and let the other end finish: who is cut off while sending does not read the answer."""
        transport: Any = self.transport
        self.refused = status
        log.warning("Refusing a request of %s: %s", transport.getPeer(), status)
        transport.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        transport.loseWriteConnection()
        self.clearLineBuffer()  # type: ignore[no-untyped-call]
        self.setTimeout(LINGER)  # type: ignore[no-untyped-call]

    def resetTimeout(self) -> None:  # noqa: N802
        if not self.began:
            self.began = True
            super().resetTimeout()  # type: ignore[no-untyped-call]

    def allContentReceived(self) -> None:  # noqa: N802
        self.lines = self.head = self.body = 0
        super().allContentReceived()  # type: ignore[no-untyped-call]
        if self.transport is not None and self.transport.protocol is not self:
            self.requests.clear()  # it is a websocket now: nobody else holds this and its request

    def requestDone(self, request: Any) -> None:  # noqa: N802
        self.began = False
        super().requestDone(request)  # type: ignore[no-untyped-call]

    def timeoutConnection(self) -> None:  # noqa: N802
        if self.began and not self.refused:
            transport: Any = self.transport
            log.warning("Closing the connection of %s: its request did not end", transport.getPeer())
        super().timeoutConnection()  # type: ignore[no-untyped-call]


def is_more(digits: bytes, most: int) -> bool:
    """Python reads no number of thousands of digits, be they zeros."""
    return len(digits) > len(str(most)) or int(digits) > most


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
