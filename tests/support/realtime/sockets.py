"""A real server process, with plain websockets and event streams to it, without a library."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import json
import os
import secrets
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection

from tests.support.cluster import free_ports
from tests.support.realtime.server_command import command
from tests.support.waiting import PATIENCE, wait_until

Frame = dict[str, Any]
OFFERED = "permessage-deflate; client_max_window_bits"  # every browser offers this
SO_ATTACH_FILTER = 26  # a constant of Linux that Python does not name


@contextlib.contextmanager
def server(
    variant: str = "", *, port: int = 0, log: Path | None = None, **settings_of_tests: str
) -> Iterator[Server]:
    """A web server (KITH_TEST_SERVER says which) on the database and Valkey of the test.

    A variant is a module of `tests.support.realtime` that changes the application.
    """
    port = port or free_ports(1)[0]
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.support.realtime.server_settings",
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    with log.open("ab") if log else contextlib.nullcontext() as output:
        process = subprocess.Popen(
            command(variant, port),
            cwd=settings.ROOT,
            env=os.environ | environment | settings_of_tests,
            stderr=output,
        )
    try:
        wait_until(lambda: answers(port), "the server answers", seconds=60)
        yield Server(process, port, log)
    finally:
        process.terminate()
        process.wait(60)


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path | None = None) -> None:
        self.process = process
        self.port = port
        self.log = log

    @property
    def said(self) -> list[str]:
        """The lines of its log."""
        return self.log.read_text().splitlines() if self.log else []

    def ports(self) -> set[int]:
        """The remote ports of its connections, as the system reports them."""
        mine = psutil.Process(self.process.pid).net_connections("tcp")
        return {end.raddr.port for end in mine if end.raddr}

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
        asked += f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Extensions: {OFFERED}\r\n"
        asked += f"Cookie: sessionid={session}\r\n\r\n"
        self.raw.sendall(asked.encode())
        self.file = self.raw.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def watch(self, place: str, *, since: object = 0, page: str = "") -> Socket:
        self.send(watching(place, since=since, page=page))
        return self

    def send(self, payload: bytes, *, opcode: int = 0x81) -> None:
        self.raw.sendall(framed(payload, opcode))

    def frames(self) -> Iterator[Frame]:
        """The frames from the server until it closes; the last one has the code. Pings are answered."""
        while True:
            first, size = self.file.read(2)  # ValueError at the end of the file
            if size >= 126:
                kind, length = (">H", 2) if size == 126 else (">Q", 8)
                [size] = struct.unpack(kind, self.file.read(length))
            payload = self.file.read(size)
            if first == 0x81:
                yield json.loads(payload)
            elif first == 0x89:
                self.send(payload, opcode=0x8A)
                yield {"type": "ping"}
            elif first == 0x88:
                yield {"type": "closed", "code": int.from_bytes(payload[:2], "big")}
                return

    def next(self, *types: str) -> Frame:
        return next(frame for frame in self.frames() if frame["type"] in types)

    def ended(self) -> int | None:
        """The code with which the server closed. None without a close frame, as after broken bytes."""
        try:
            return int(self.next("closed")["code"])
        except (ConnectionResetError, ValueError):
            return None

    def shut(self) -> None:
        """Shut the socket down, so that a thread that reads from it finds the end."""
        with contextlib.suppress(OSError):  # the server closed it first
            self.raw.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.file.close()
        self.raw.close()

    def hang_up(self) -> None:
        """End it while another thread reads."""
        with contextlib.suppress(OSError):
            self.raw.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Reset it, as a network failure does: without a close frame, and data in transit is lost."""
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


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
        """The next frame of these types. At the end it is a frame of type "closed" with the code."""
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


def watching(place: str, *, since: object = 0, page: str = "") -> bytes:
    said = {"v": 1, "type": "watch", "page": page, "place": place, "since": str(since)}
    return json.dumps(said).encode()


def framed(payload: bytes, opcode: int = 0x81, mask: bytes | None = None) -> bytes:
    """A frame as browsers send it. With another opcode or mask it is a wrong one."""
    key = secrets.token_bytes(4) if mask is None else mask
    size = len(payload)
    if size < 126:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = b"\xfe" + struct.pack(">H", size)
    else:
        length = b"\xff" + struct.pack(">Q", size)
    body = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
    return bytes([opcode]) + length + key + body


def vanish(end: socket.socket) -> None:
    """From now on this end acknowledges nothing, like a machine without network (Linux)."""
    nothing = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # a filter that returns 0
    end.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(nothing)))


def connect(port: int, receive_buffer: int = 0) -> socket.socket:
    made = socket.socket()
    if receive_buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    made.settimeout(PATIENCE)
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
