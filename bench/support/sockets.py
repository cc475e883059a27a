"""Very many websockets read by one cheap process: raw sockets, one epoll, frames counted and kept."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import json
import random
import re
import select
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

READ = 1 << 16
TEXT, CLOSE, PING = 0x81, 0x88, 0x89
HANDED_OVER = 4503
ENTRY = re.compile(rb'"type": ?"entry", ?"id": ?"(\d+)"')
# What a narrow socket's network carries at a time: little waits for its reader in the kernel of either side.
NARROW = ((socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536), (socket.SOL_SOCKET, socket.SO_RCVBUF, 2304))


class Socket:
    """One websocket: how it is asked for, the texts that came, and when the last one did."""

    __slots__ = ("at", "code", "is_narrow", "is_open", "port", "raw", "request", "rest", "texts", "tries")

    def __init__(self, port: int, key: str, path: str = "/live", *, is_narrow: bool = False) -> None:
        self.is_narrow = is_narrow
        self.call(port, key, path)
        self.raw = socket.socket()
        self.rest = b""
        self.texts: list[bytes] = []
        self.at = 0.0
        self.is_open = False
        self.tries = 0
        self.code = 0  # with which it was closed

    def call(self, port: int, key: str, path: str = "/live") -> None:
        """Ask this server, with this session, from the next time on."""
        self.port = port
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: sessionid={key}\r\n\r\n"
        ).encode()

    def opened(self) -> bytes:
        """What it says when it is open; nothing where all say the same."""
        return b""

    def hear(self, text: bytes) -> None:
        self.texts.append(text)

    def lost(self) -> None:
        """It is closed, by whomever."""

    def came(self) -> Counter[int]:
        """The entries that came, by id, and how often each did."""
        return Counter(int(id) for text in self.texts for id in ENTRY.findall(text))


class Sockets:
    """Open websockets. `heard` counts the texts with `word` in them, the last of which came `at`.

    Each sends `hello` when it is open. At most `at_once` are being opened at any time.
    """

    def __init__(self, hello: bytes = b"", at_once: int = 32) -> None:
        self.hello, self.at_once = hello, at_once
        self.all: list[Socket] = []
        self.come_back = False  # as pages do: static/js/connection.js
        self.word = b""
        self.heard = self.opened = self.opening = self.lost = self.stalled = 0
        self.at = 0.0
        self.codes: Counter[int] = Counter()
        self._epoll = select.epoll()
        self._by_number: dict[int, Socket] = {}
        self._due: list[tuple[float, int, Socket]] = []
        self._turns = itertools.count()

    def open(self, sockets: Iterable[Socket], seconds: float = 120) -> bool:
        """Open these too, and wait until all are; whether they are."""
        for one in sockets:
            self.all.append(one)
            self._open_at(time.perf_counter(), one)
        return self.until(lambda: self.opened == len(self.all), seconds)

    def count(self, word: bytes) -> None:
        """Count texts with another word in them from now on."""
        self.word, self.heard = word, 0

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> bool:
        """Read until a condition holds; False where it did not in so many seconds."""
        deadline = time.perf_counter() + seconds
        while not condition():
            left = deadline - time.perf_counter()
            if left < 0:
                return False
            self._step(min(left, 1.0))
        return True

    def linger(self, seconds: float = 0.1) -> None:
        """Read whatever may come too much."""
        self.until(lambda: False, seconds)

    def stall(self, sockets: Iterable[Socket]) -> None:
        """Read nothing of some sockets from now on."""
        for one in sockets:
            self._epoll.modify(one.raw, 0)
            self.stalled += 1

    def go_on(self, sockets: Iterable[Socket]) -> None:
        """Read them again."""
        for one in sockets:
            self._epoll.modify(one.raw, select.EPOLLIN)
            self.stalled -= 1

    def cut(self, one: Socket, pause: float, *, is_rude: bool = False) -> None:
        """Close one without a word, or as if its machine had died; it comes back after so many seconds."""
        if is_rude:
            one.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._let_go(one)
        self._open_at(time.perf_counter() + pause, one)

    def forget(self) -> None:
        """Forget what came until now."""
        for one in self.all:
            one.texts.clear()

    def close(self) -> None:
        """Close all, without a word."""
        for one in self.all:
            one.raw.close()
        self._epoll.close()

    def _open_at(self, when: float, one: Socket) -> None:
        heapq.heappush(self._due, (when, next(self._turns), one))

    def _step(self, longest: float) -> None:
        now = time.perf_counter()
        while self._due and self.opening < self.at_once and self._due[0][0] <= now:
            self._connect(heapq.heappop(self._due)[2])
        if self._due and self.opening < self.at_once:
            longest = min(longest, self._due[0][0] - now)
        for number, event in self._epoll.poll(max(0.0, longest)):
            one = self._by_number[number]
            if event & select.EPOLLOUT:
                self._ask(one)
            else:
                self._read(one)

    def _connect(self, one: Socket) -> None:
        one.raw, one.rest = socket.socket(), b""
        one.raw.setblocking(False)
        for option in NARROW if one.is_narrow else ():
            one.raw.setsockopt(*option)
        one.raw.connect_ex(("127.0.0.1", one.port))
        self._by_number[one.raw.fileno()] = one
        self._epoll.register(one.raw, select.EPOLLOUT)
        self.opening += 1

    def _ask(self, one: Socket) -> None:
        if one.raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._lose(one)
            return
        one.raw.send(one.request)
        self._epoll.modify(one.raw, select.EPOLLIN)

    def _read(self, one: Socket) -> None:
        try:
            data = one.raw.recv(READ)
        except OSError:
            data = b""
        if not data:
            self._lose(one)
            return
        data = one.rest + data
        if not one.is_open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                one.rest = head
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self._lose(one)
                return
            one.is_open = True
            self.opening -= 1
            self.opened += 1
            self._send(one, one.opened() or self.hello)
        place, length = 0, len(data)
        while length - place >= 2:
            start, size = place + 2, data[place + 1]
            if size >= 126:
                more = 2 if size == 126 else 8
                size = int.from_bytes(data[start : start + more], "big") if length >= start + more else length
                start += more
            if start + size > length:
                break
            self._take(one, data[place], data[start : start + size])
            place = start + size
        one.rest = data[place:]

    def _take(self, one: Socket, kind: int, body: bytes) -> None:
        if kind == TEXT:
            one.hear(body)
            if self.word in body:
                self.heard += 1
                self.at = one.at = time.perf_counter()
                one.tries = 0
        elif kind == PING:
            self._send(one, bytes((0x8A, 0x80 | len(body), 0, 0, 0, 0)) + body)
        elif kind == CLOSE:
            one.code = int.from_bytes(body[:2], "big")
            self.codes[one.code] += 1

    def _send(self, one: Socket, data: bytes) -> None:
        with contextlib.suppress(OSError):  # which the next reading finds out
            one.raw.send(data)

    def _let_go(self, one: Socket) -> None:
        del self._by_number[one.raw.fileno()]
        one.raw.close()
        if one.is_open:
            self.opened -= 1
        else:
            self.opening -= 1
        one.is_open = False
        one.lost()

    def _lose(self, one: Socket) -> None:
        self._let_go(one)
        self.lost += 1
        if self.come_back:
            one.tries += 1
            longest = min(30.0, 2.0**one.tries)
            pause = 2 * random.random() if one.code == HANDED_OVER else 1 + random.random() * (longest - 1)
            one.code = 0
            self._open_at(time.perf_counter() + pause, one)


def watch(since: int = 0, threads: Sequence[int] = (), place: str = "home") -> bytes:
    """What a page says when its socket opens, as a frame. Masked with zeros: any mask is allowed."""
    shown = {"place": place, "since": str(since), "threads": [str(thread) for thread in threads]}
    said = json.dumps({"v": 1, "type": "watch", **shown}).encode()
    size = bytes((0x80 | len(said),)) if len(said) < 126 else b"\xfe" + len(said).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + said
