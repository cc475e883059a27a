"""Twisted's HTTP connection with limits of time and size."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from daphne.http_protocol import WebRequest
from twisted.web.http import HTTPChannel

from realtime.server import limits

log = logging.getLogger(__name__)

URI_TOO_LONG = "414 URI Too Long"
HEAD_TOO_LARGE = "431 Request Header Fields Too Large"
BODY_TOO_LARGE = "413 Content Too Large"
# Daphne obeys these, and no page of Kith sends them: with the first a client could move all links of a page,
# and odd bytes in either fail in daphne.
IGNORED_HEADERS = {b"daphne-root-path", b"sec-websocket-protocol"}


class LimitedChannel(HTTPChannel):
    """Refuse a request that is too large as soon as that is known, and end one that takes too long.

    Twisted drops what is too large without a status that says so, and starts its time-out anew at each byte.
    A refusal is one line in the log.
    """

    is_timed = False  # a request is being read, and its time-out runs
    refused_with = ""  # a status
    head_lines = head_bytes = chunked_bytes = 0  # of the request that is being read

    def connectionMade(self) -> None:  # noqa: N802
        # Django parses forms. Twisted would parse them too, and fails at some.
        self.requestFactory = partial(WebRequest, parsePOSTFormSubmission=False)  # type: ignore[assignment]
        super().connectionMade()  # type: ignore[no-untyped-call]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.refused_with:
            super().dataReceived(data)  # type: ignore[no-untyped-call]

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        self.head_lines += 1
        self.head_bytes += len(line)
        if self.head_bytes > limits.MAX_HEAD or self.head_lines > limits.MAX_HEAD_LINES:
            self.refuse(URI_TOO_LONG if self.head_lines == 1 else HEAD_TOO_LARGE)
        if not self.refused_with:
            super().lineReceived(line)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self.refuse(URI_TOO_LONG if self.head_lines == 0 else HEAD_TOO_LARGE)

    def headerReceived(self, line: bytes) -> bool:  # noqa: N802
        name, _colon, value = line.partition(b":")
        if name.lower() in IGNORED_HEADERS:
            return True
        length = value.strip()
        if name.lower() == b"content-length" and length.isdigit() and exceeds(length, limits.MAX_BODY):
            self.refuse(BODY_TOO_LARGE)
            return False
        return bool(super().headerReceived(line))  # type: ignore[no-untyped-call]

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.length is None:  # the body comes in chunks
            self.chunked_bytes += len(data)
        if self.chunked_bytes > limits.MAX_BODY:
            self.refuse(BODY_TOO_LARGE)
        if not self.refused_with:
            super().rawDataReceived(data)

    def refuse(self, status: str) -> None:
        """Answer, and let the client finish: one that is cut off while it sends does not read the answer."""
        transport: Any = self.transport
        self.refused_with = status
        log.warning("Refusing a request of %s: %s", transport.getPeer(), status)
        transport.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        transport.loseWriteConnection()
        self.clearLineBuffer()  # type: ignore[no-untyped-call]
        self.setTimeout(limits.REFUSED_TIMEOUT)  # type: ignore[no-untyped-call]

    def resetTimeout(self) -> None:  # noqa: N802
        if not self.is_timed:
            self.is_timed = True
            super().resetTimeout()  # type: ignore[no-untyped-call]

    def allContentReceived(self) -> None:  # noqa: N802
        self.head_lines = self.head_bytes = self.chunked_bytes = 0
        super().allContentReceived()  # type: ignore[no-untyped-call]
        if self.transport is not None and self.transport.protocol is not self:
            self.requests.clear()  # it has become a websocket: free this channel and its request

    def requestDone(self, request: Any) -> None:  # noqa: N802
        self.is_timed = False
        super().requestDone(request)  # type: ignore[no-untyped-call]

    def timeoutConnection(self) -> None:  # noqa: N802
        if self.is_timed and not self.refused_with:
            transport: Any = self.transport
            log.warning("Closing the connection of %s: its request did not end", transport.getPeer())
        super().timeoutConnection()  # type: ignore[no-untyped-call]


def exceeds(digits: bytes, limit: int) -> bool:
    """Compare without converting: Python refuses to convert thousands of digits, even zeros."""
    return len(digits) > len(str(limit)) or int(digits) > limit
