"""Pages that stay open during faults. They connect again, and catch up from their newest id."""

from __future__ import annotations

import contextlib
from collections import Counter
from threading import Event, Thread

from tests.support.realtime.sockets import Socket
from tests.support.waiting import wait_until

PAUSE = 0.3  # seconds before a page connects again


class OpenPage:
    """An open home, and how often it has received each post. `reloads` counts offers to load it again."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self.received: Counter[str] = Counter()
        self.since, self.reloads, self.losses = 0, 0, 0
        self.is_live, self._here, self._over = Event(), Event(), Event()
        self._here.set()
        self._seen: set[str] = set()
        self._socket: Socket | None = None
        self._thread = Thread(target=self._stay_open)
        self._thread.start()
        assert self.is_live.wait(30)

    def go_away(self) -> None:
        """Disconnect until `come_back`."""
        self._here.clear()
        if self._socket is not None:
            self._socket.hang_up()
        wait_until(lambda: not self.is_live.is_set(), "the page is away")

    def come_back(self) -> None:
        self._here.set()

    def close(self) -> None:
        self._over.set()
        self.go_away()
        self._thread.join()

    def _stay_open(self) -> None:
        while not self._over.is_set():
            if not self._here.wait(PAUSE):
                continue
            with contextlib.suppress(OSError, ValueError, IndexError):
                self._socket = Socket(self.port, self.session, f"http://127.0.0.1:{self.port}", 0)
                self._socket.raw.settimeout(None)
                self._socket.watch("home", since=self.since)
                for frame in self._socket.frames():
                    self._hear(frame)
            self.is_live.clear()
            self.losses += 1
            self._over.wait(PAUSE)

    def _hear(self, frame: dict[str, str]) -> None:
        if "id" in frame:
            if frame["id"] in self._seen:
                return
            self._seen.add(frame["id"])
        self.since = max(self.since, int(frame.get("since", frame.get("id", 0))))
        if frame["type"] in ("ready", "more"):
            self.is_live.set()
            self.reloads += frame["type"] == "more"
        elif frame["type"] == "entry":
            self.received[frame["post"]] += 1
