"""A real server process and plain websockets to it: no library stands between the test and the bytes."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.waiting import wait_until

Frame = dict[str, Any]


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Kith's own server as `bin/run` starts it, on the database and Valkey of the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.realtime.server_settings",
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "realtime.server"], cwd=settings.ROOT, env=os.environ | environment
    )
    try:
        wait_until(lambda: answers(port), "the server answers", seconds=60)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(20)


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def open(self, session: str = "", *, origin: str = "", receive_buffer: int = 0) -> Socket:
        return Socket(self.port, session, origin or f"http://127.0.0.1:{self.port}", receive_buffer)

    def events(self, session: str, place: str, *, since: object = 0, receive_buffer: int = 0) -> Events:
        return Events(self.port, session, f"place={place}&since={since}", receive_buffer)

    def enter(self, ticket: str) -> Socket:
        """A websocket of another client: without cookie and origin."""
        return Socket(self.port, "", "", 0, path=f"/live?ticket={ticket}")

    def memory(self) -> int:
        """Resident bytes of the process."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Socket:
    """A websocket that is read when the test reads it."""

    def __init__(
        self, port: int, session: str, origin: str, receive_buffer: int, *, path: str = "/live"
    ) -> None:
        self.raw = connect(port, receive_buffer)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        asked += f"Origin: {origin}\r\n" if origin else ""
        asked += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        asked += f"Sec-WebSocket-Key: {key}\r\nCookie: sessionid={session}\r\n\r\n"
        self.raw.sendall(asked.encode())
        self.file = self.raw.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def watch(self, place: str, *, since: object = 0, page: str = "") -> Socket:
        said = {"v": 1, "type": "watch", "page": page, "place": place, "since": str(since)}
        self.send(json.dumps(said).encode())
        return self

    def send(self, payload: bytes, *, opcode: int = 0x81) -> None:
        mask = secrets.token_bytes(4)
        size = len(payload)
        head = bytes([opcode, 0x80 | (size if size < 126 else 126)])
        body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self.raw.sendall(head + (struct.pack(">H", size) if size >= 126 else b"") + mask + body)

    def frames(self) -> Iterator[Frame]:
        """What the server sends, until it closes; the code of closing is the last frame."""
        while True:
            first, size = self.file.read(2)  # ValueError where there is no more
            if size >= 126:
                kind, length = (">H", 2) if size == 126 else (">Q", 8)
                [size] = struct.unpack(kind, self.file.read(length))
            payload = self.file.read(size)
            if first == 0x81:
                yield json.loads(payload)
            elif first == 0x88:
                yield {"type": "closed", "code": int.from_bytes(payload[:2], "big")}
                return

    def next(self, *types: str) -> Frame:
        return next(frame for frame in self.frames() if frame["type"] in types)

    def ended(self) -> int | None:
        """The code with which the server closed; None where it just let go, as it does of broken bytes."""
        try:
            return int(self.next("closed")["code"])
        except (ConnectionResetError, ValueError):
            return None

    def shut(self) -> None:
        """Let somebody who is reading in another thread find the end."""
        with contextlib.suppress(OSError):  # the server was quicker
            self.raw.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.file.close()
        self.raw.close()


class Events:
    """An event stream that is read when the test reads it."""

    def __init__(self, port: int, session: str, asked: str, receive_buffer: int) -> None:
        self.raw = connect(port, receive_buffer)
        self.raw.sendall(
            f"GET /live/events?{asked} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Cookie: sessionid={session}\r\n\r\n".encode()
        )
        self.file = self.raw.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def next(self, *types: str) -> Frame:
        """The next frame of these types; the code of the end is a frame of the type "closed"."""
        event = "message"
        for line in self.file:
            name, _colon, value = line.decode().strip().partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                frame = json.loads(value) if event == "message" else {"type": "closed", "code": int(value)}
                if frame["type"] in types:
                    return frame
        raise ValueError("The stream has ended.")


def connect(port: int, receive_buffer: int) -> socket.socket:
    made = socket.socket()
    if receive_buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    made.settimeout(10)
    made.connect(("127.0.0.1", port))
    return made


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def milliseconds_since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
