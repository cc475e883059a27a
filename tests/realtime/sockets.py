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

    def memory(self) -> int:
        """Resident bytes of the process."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Socket:
    """A websocket that is read when the test reads it."""

    def __init__(self, port: int, session: str, origin: str, receive_buffer: int) -> None:
        self.raw = socket.socket()
        if receive_buffer:
            self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.raw.settimeout(10)
        self.raw.connect(("127.0.0.1", port))
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.raw.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nCookie: sessionid={session}\r\n\r\n".encode()
        )
        self.file = self.raw.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def watch(self, place: str, *, since: object = 0) -> Socket:
        self.send(json.dumps({"v": 1, "type": "watch", "place": place, "since": str(since)}).encode())
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

    def close(self) -> None:
        self.file.close()
        self.raw.close()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def milliseconds_since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
