"""The wire between a browser and the site: counted, cut, deaf, or closed to some requests, as networks are."""

from __future__ import annotations

import contextlib
import socket
import threading

WEBSOCKET = b"GET /live HTTP"
EVENTS = b"GET /live/events"
LIVE = b"GET /live"


class Wire:
    """Passes on what comes to a port of its own. Whoever is on it keeps the site for another than it is without it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.blocked: tuple[bytes, ...] = ()  # how requests begin that do not get through
        self.is_cut = False
        self.asked = 0  # how often something live was asked for
        self.pairs: set[Pair] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self, beginning: bytes) -> list[Pair]:
        """The connections on which such a request was made and that are there still."""
        return [pair for pair in list(self.pairs) if pair.said.startswith(beginning)]

    def cut(self) -> None:
        """All connections end, and no other begins."""
        self.is_cut = True
        for pair in list(self.pairs):
            pair.close()

    def mend(self) -> None:
        self.is_cut = False

    def deafen(self) -> None:
        """What is connected stays so, but nothing arrives any more; new connections are good."""
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
    """One connection of the browser, and the one that goes on from it to the site."""

    def __init__(self, wire: Wire, near: socket.socket) -> None:
        self.wire, self.near = wire, near
        self.said = b""  # how the newest request begins
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
        self.close()
