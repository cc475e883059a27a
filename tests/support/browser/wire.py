"""A TCP proxy between a browser and the site. It counts, cuts, blocks and delays requests, as networks do."""

from __future__ import annotations

import contextlib
import socket
import threading

WEBSOCKET = b"GET /live HTTP"
EVENTS = b"GET /live/events"
LIVE = b"GET /live"


class Wire:
    """Forwards what comes to its own port. For a browser it is another origin than the site."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.blocked: tuple[bytes, ...] = ()  # the beginnings of requests that are blocked
        self.is_cut = False
        self.asked = 0  # the number of requests for live updates
        self.pairs: set[Pair] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self, beginning: bytes) -> list[Pair]:
        """The open connections with such a request."""
        return [pair for pair in list(self.pairs) if pair.said.startswith(beginning)]

    def cut(self) -> None:
        """Close all connections, and accept no new ones."""
        self.is_cut = True
        for pair in list(self.pairs):
            pair.close()

    def mend(self) -> None:
        self.is_cut = False

    def deafen(self) -> None:
        """Keep the open connections, but forward nothing on them. New connections work."""
        for pair in list(self.pairs):
            pair.is_deaf = True

    def close(self) -> None:
        self.cut()
        self.listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                Pair(self, near)


class Pair:
    """A connection of the browser, and the connection from the proxy to the site."""

    def __init__(self, wire: Wire, near: socket.socket) -> None:
        self.wire, self.near = wire, near
        self.said = b""  # the beginning of the newest request
        self.is_deaf = False
        try:
            self.far = socket.create_connection(("127.0.0.1", wire.port))
        except OSError:
            near.close()
            return
        wire.pairs.add(self)
        for source, target in ((self.near, self.far), (self.far, self.near)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def close(self) -> None:
        self.wire.pairs.discard(self)
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source is self.near and data.startswith(b"GET "):
                    self.said = data[:64]
                    self.wire.asked += self.said.startswith(LIVE)
                if self.wire.is_cut or (self.wire.blocked and self.said.startswith(self.wire.blocked)):
                    break
                if not self.is_deaf:
                    target.sendall(data)
                if source is self.far and data.endswith(b"\r\n0\r\n\r\n"):
                    self.said = b""  # a stream has ended, and the browser keeps the connection
        self.close()
