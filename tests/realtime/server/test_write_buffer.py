"""A frame goes straight to the system while nothing waits, and waits in order when something does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.protocol import Protocol
from twisted.internet.tcp import Connection

from realtime.server.write_buffer import TransportBuffer, framed, write

CONNECTING, CLOSING, OPEN = 1, 2, 3  # as autobahn has them


class Transport(Connection):
    """Twisted's own connection. The test takes the part of the loop."""

    def startWriting(self) -> None:  # noqa: N802
        self.waits = True

    def stopWriting(self) -> None:  # noqa: N802
        self.waits = False


@pytest.fixture
def wire() -> Iterator[tuple[Any, socket.socket]]:
    """A websocket's protocol, and the other end of its connection."""
    here, there = socket.socketpair()
    for end in (here, there):
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    transport = Transport(here, Protocol(), reactor=SimpleNamespace())
    transport.connected, transport.waits = 1, False
    states = {"state": OPEN, "STATE_OPEN": OPEN, "STATE_CONNECTING": CONNECTING}
    yield SimpleNamespace(**states, transport=transport), there
    here.close()
    there.close()


def test_a_frame_is_written_at_once(wire: tuple[Any, socket.socket]):
    """Fails if a new Twisted renames its buffers: then `write` waits for the next turn of the loop."""
    protocol, there = wire
    assert write(protocol, "low water")
    assert there.recv(100) == b"\x81\x09low water"
    assert not protocol.transport.waits


def test_what_does_not_fit_waits_in_order(wire: tuple[Any, socket.socket]):
    protocol, there = wire
    texts = [f"{number} " * 500 for number in range(20)]
    for text in texts:
        assert write(protocol, text)
    assert protocol.transport.waits
    came = b""
    while protocol.transport.waits:
        came += there.recv(1 << 20)
        protocol.transport.doWrite()
    came += there.recv(1 << 20)
    assert came == b"".join(framed(text) for text in texts)


def test_nothing_follows_a_closing_frame(wire: tuple[Any, socket.socket]):
    protocol, there = wire
    protocol.state = CLOSING
    assert write(protocol, "low water"), "nobody need try the long way, which fails"
    with pytest.raises(BlockingIOError):
        there.recv(100)


def test_a_websocket_that_is_not_open_yet_is_left_to_daphne(wire: tuple[Any, socket.socket]):
    protocol, _there = wire
    protocol.state = CONNECTING
    assert not write(protocol, "low water")


def test_a_buffer_sends_frames_at_once_and_all_else_by_daphne(wire: tuple[Any, socket.socket]):
    protocol, there = wire
    replies: list[Any] = []
    protocol.server = SimpleNamespace(reply=lambda _protocol, event: replies.append(event))
    protocol.registerProducer = protocol.transport.registerProducer
    buffer = TransportBuffer(protocol)
    buffer.put({"type": "websocket.send", "text": "low water"})
    assert there.recv(100) == b"\x81\x09low water"
    close = {"type": "websocket.close", "code": 4503}
    buffer.put(close)
    protocol.state = CONNECTING
    early = {"type": "websocket.send", "text": "early"}
    buffer.put(early)
    assert replies == [close, early]


def test_a_buffer_is_full_while_the_transport_is(wire: tuple[Any, socket.socket]):
    protocol, there = wire
    protocol.registerProducer = protocol.transport.registerProducer
    buffer, calls = TransportBuffer(protocol), []
    while not buffer.is_full:
        write(protocol, "x" * 1000)
    buffer.on_drain.append(lambda: calls.append(True))
    while protocol.transport.waits:
        there.recv(1 << 20)
        protocol.transport.doWrite()
    assert (buffer.is_full, calls) == (False, [True])


def test_a_lost_connection_is_left_to_twisted(wire: tuple[Any, socket.socket]):
    protocol, there = wire
    there.close()
    assert write(protocol, "low water")
    assert protocol.transport.waits


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_have_the_right_length(size: int):
    head, payload = framed("x" * size)[: -size or None], b"x" * size
    length = head[1] if head[1] < 126 else int.from_bytes(head[2:], "big")
    assert (head[0], length, framed("x" * size)[len(head) :]) == (0x81, size, payload)
