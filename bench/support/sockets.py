"""Very many websockets in one cheap process: raw sockets and one epoll. Frames are counted and kept."""

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
# Small buffers, so that the kernel holds little data for a page that does not read.
NARROW = ((socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536), (socket.SOL_SOCKET, socket.SO_RCVBUF, 2304))


class Socket:
    """One websocket: its request, the texts received, and the time of the last one."""

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
        self.code = 0  # the code that closed it

    def call(self, port: int, key: str, path: str = "/live") -> None:
        """Use this server and this session at the next connection."""
        self.port = port
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: sessionid={key}\r\n\r\n"
        ).encode()

    def opened(self) -> bytes:
        """The frame that it sends when it is open. If empty, the common `hello` is sent."""
        return b""

    def hear(self, text: bytes) -> None:
        self.texts.append(text)

    def lost(self) -> None:
        """Called when the connection has ended, by either side."""

    def came(self) -> Counter[int]:
        """How often each entry was received, by id."""
        return Counter(int(id) for text in self.texts for id in ENTRY.findall(text))


class Sockets:
    """Open websockets. `heard` counts texts that contain `word`; `at` is the time of the last one.

    Each socket sends `hello` when it is open. At most `at_once` are in the opening handshake at a time.
    """

    def __init__(self, hello: bytes = b"", at_once: int = 32) -> None:
        self.hello, self.at_once = hello, at_once
        self.all: list[Socket] = []
        self.come_back = False  # whether lost sockets connect again, as in static/js/connection.js
        self.word = b""
        self.heard = self.opened = self.opening = self.lost = self.stalled = 0
        self.at = 0.0
        self.codes: Counter[int] = Counter()
        self._epoll = select.epoll()
        self._by_number: dict[int, Socket] = {}
        self._due: list[tuple[float, int, Socket]] = []
        self._turns = itertools.count()

    def open(self, sockets: Iterable[Socket], seconds: float = 120) -> bool:
        """Open more sockets, and wait until all are open. Returns whether they are."""
        for one in sockets:
            self.all.append(one)
            self._open_at(time.perf_counter(), one)
        return self.until(lambda: self.opened == len(self.all), seconds)

    def count(self, word: bytes) -> None:
        """From now on, count texts that contain this word."""
        self.word, self.heard = word, 0

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> bool:
        """Read until the condition is true. Returns False after `seconds`."""
        deadline = time.perf_counter() + seconds
        while not condition():
            left = deadline - time.perf_counter()
            if left < 0:
                return False
            self._step(min(left, 1.0))
        return True

    def linger(self, seconds: float = 0.1) -> None:
        """Read for some seconds, to receive frames that should not come."""
        self.until(lambda: False, seconds)

    def stall(self, sockets: Iterable[Socket]) -> None:
        """Stop reading from these sockets."""
        for one in sockets:
            self._epoll.modify(one.raw, 0)
            self.stalled += 1

    def go_on(self, sockets: Iterable[Socket]) -> None:
        """Read from these sockets again."""
        for one in sockets:
            self._epoll.modify(one.raw, select.EPOLLIN)
            self.stalled -= 1

    def cut(self, one: Socket, pause: float, *, is_rude: bool = False) -> None:
        """Close a socket without a close frame, or with a reset. It connects again after `pause` seconds."""
        if is_rude:
            one.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._let_go(one)
        self._open_at(time.perf_counter() + pause, one)

    def forget(self) -> None:
        """Delete all received texts."""
        for one in self.all:
            one.texts.clear()

    def close(self) -> None:
        """Close all sockets without a close frame."""
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
        with contextlib.suppress(OSError):  # the next read finds the error
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
    """A `watch` frame of a page. The mask is zero, which the protocol allows."""
    shown = {"place": place, "since": str(since), "threads": [str(thread) for thread in threads]}
    said = json.dumps({"v": 1, "type": "watch", **shown}).encode()
    size = bytes((0x80 | len(said),)) if len(said) < 126 else b"\xfe" + len(said).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + said
