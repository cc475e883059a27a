"""Autobahn's websocket with limits, with log lines, and with less memory."""

from __future__ import annotations

import logging
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from realtime.server import limits

log = logging.getLogger(__name__)


class LimitedWebSocket(WebSocketProtocol):
    """A client that breaks a rule is closed with the code for it, and with one line in the log."""

    failByDrop = False  # noqa: N815 - an option of autobahn: close with a code

    @staticmethod
    def perMessageCompressionAccept(offers: Any) -> None:  # noqa: N802 - an option, too
        """Accept no compression: a frame that goes to a thousand pages is built once."""

    def onMessageFrameBegin(self, length: int) -> None:  # noqa: N802
        super().onMessageFrameBegin(length + limits.FRAME_OVERHEAD)

    def failHandshake(self, reason: str, code: int = 400, responseHeaders: Any = None) -> None:  # noqa: N802, N803
        log.warning("Refusing a websocket of %s with %d: %.200r", self.peer, code, reason)
        super().failHandshake(reason, code, responseHeaders)

    def onClose(self, *how: Any) -> None:  # noqa: N802
        if self.failedByMe:
            why = self.localCloseReason.decode()
            log.warning("Closing the websocket of %s with %d: %s", self.peer, self.localCloseCode, why)
        if hasattr(self, "server"):  # otherwise it was never accepted, and daphne does not know it
            super().onClose(*how)

    def connectionLost(self, *how: Any) -> None:  # noqa: N802
        super().connectionLost(*how)
        self.is_closed = None  # a future that refers back to this: without it no garbage collection is needed


def protocol_class(factory: Any) -> type[LimitedWebSocket]:
    """The class for the websockets of a factory, with the factory's options as class attributes.

    Autobahn copies thirty options into each websocket, and formats them for a log even where nobody reads it:
    2 kB and a tenth of the time that opening one takes.
    """
    names = [name for name in LimitedWebSocket.CONFIG_ATTRS if not hasattr(LimitedWebSocket, name)]
    options = {name: getattr(factory, name) for name in names}
    return type("LimitedWebSocket", (LimitedWebSocket,), options | {"CONFIG_ATTRS": ()})
