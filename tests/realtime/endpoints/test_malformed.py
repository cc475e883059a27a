"""A client that violates the protocol gets a code, and the log a line. The others go on."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from network.models import Person
from realtime.protocol.close_codes import Close
from tests.support import factories
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import OFFERED, Server, Socket, connect, framed, server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

BROKEN, NOT_TEXT, TOO_LARGE = 1002, 1007, 1009  # RFC 6455, 7.4.1
TEXT, BINARY, GOES_ON, LAST = 0x81, 0x82, 0x00, 0x80
FIRST = 0x01  # of several pieces
PING, CLOSE = 0x89, 0x88

WATCH = {"v": 1, "type": "watch", "place": "nothing", "since": "0"}


def said(**differing: Any) -> bytes:
    return framed(json.dumps(WATCH | differing).encode())


FRAMES = {
    "not masked": (b"\x81\x02{}", BROKEN),
    "masked with another mask": (framed(b"{}", mask=b"\0\0\0\0")[:2] + b"\1\1\1\1{}", Close.NOT_UNDERSTOOD),
    "masked into what is no text": (b"\x81\x82\xff\xff\xff\xff{}", NOT_TEXT),
    "compressed, which was not agreed to": (framed(b"{}", 0xC1), BROKEN),
    "reserved bits": (framed(b"{}", 0xB1), BROKEN),
    "a kind of data that does not exist": (framed(b"{}", 0x83), BROKEN),
    "a kind of control that does not exist": (framed(b"", 0x8B), BROKEN),
    "a ping that is too long": (framed(b"x" * 126, PING), BROKEN),
    "a ping in pieces": (framed(b"x", 0x09), BROKEN),
    "a piece of nothing": (framed(b"{}", LAST), BROKEN),
    "a message within another": (framed(b"{", FIRST) + framed(b"}", TEXT), BROKEN),
    "a length that is written too long": (b"\x81\xfe\x00\x02\0\0\0\0{}", BROKEN),
    "a length beyond all": (b"\x81\xff" + struct.pack(">Q", 2**63) + b"\0\0\0\0", BROKEN),
    "a frame that is too large": (b"\x81\xff" + struct.pack(">Q", 2**30) + b"\0\0\0\0", TOO_LARGE),
    "pieces that are too large": (framed(b"x" * 40_000, FIRST) + framed(b"x" * 40_000, LAST), TOO_LARGE),
    "empty pieces without end": (framed(b"", FIRST) + framed(b"", GOES_ON) * 2000, TOO_LARGE),
    "not UTF-8": (framed(b"\xff\xfe"), NOT_TEXT),
    "half a letter": (framed("é".encode()[:1]), NOT_TEXT),
    "a letter that is written too long": (framed(b"\xc0\xaf"), NOT_TEXT),
    "half of a pair": (framed(b"\xed\xa0\x80"), NOT_TEXT),
    "not UTF-8, in the second piece": (framed(b"{", FIRST) + framed(b"\xff", LAST), NOT_TEXT),
    "binary": (framed(b"\0", BINARY), Close.NOT_UNDERSTOOD),
    "too large for what is said here": (said(more="x" * 20_000), Close.NOT_UNDERSTOOD),
    "not JSON": (framed(b"{"), Close.NOT_UNDERSTOOD),
    "deep JSON": (framed(b"[" * 16_000), Close.NOT_UNDERSTOOD),
    "another version": (said(v=2), Close.NOT_UNDERSTOOD),
    "no version": (said(v=None), Close.NOT_UNDERSTOOD),
    "an unknown type": (said(type="shout"), Close.NOT_UNDERSTOOD),
    "too much in a second": (said() * 25, Close.TOO_FAST),
}

GOODBYES = {
    "a code cut short": (framed(b"\x03", CLOSE), BROKEN),
    "a code that nobody may send": (framed(b"\x03\xed", CLOSE), BROKEN),
    "a reason that is not UTF-8": (framed(b"\x03\xe8\xff", CLOSE), NOT_TEXT),
}

HELLO = {
    "Host": "127.0.0.1",
    "Origin": "http://127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def hello(first: str = "GET /live HTTP/1.1", **differing: str) -> bytes:
    """A handshake, with headers that differ; those that are empty are left out."""
    headers = HELLO | {name.replace("_", "-"): value for name, value in differing.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([first, *lines, "", ""]).encode("latin-1")


HANDSHAKES = {
    "as it should be": (hello(), 101),
    "an offer to compress": (hello(Sec_WebSocket_Extensions=OFFERED), 101),
    "a version from before": (hello(Sec_WebSocket_Version="7"), 400),
    "a version to come": (hello(Sec_WebSocket_Version="14"), 400),
    "a version that is none": (hello(Sec_WebSocket_Version="new"), 400),
    "no version": (hello(Sec_WebSocket_Version=""), 400),
    "no key": (hello(Sec_WebSocket_Key=""), 400),
    "a short key": (hello(Sec_WebSocket_Key="AAAA"), 400),
    "a key that is none": (hello(Sec_WebSocket_Key="!" * 22 + "=="), 400),
    "no connection": (hello(Connection=""), 400),
    "a post": (hello("POST /live HTTP/1.1"), 405),
    "an origin elsewhere": (hello(Origin="https://elsewhere.example"), 403),
    "an origin that is none": (hello(Origin="http://[::1"), 400),
    "another place": (hello("GET /elsewhere HTTP/1.1"), 403),
    "a ticket that was never given": (hello("GET /live?ticket=made-up HTTP/1.1"), 403),
}
NO_REQUESTS = {
    "a header with what none has": hello(More="a\0b"),
    "a line that is none": b"LIVE\r\n\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.fixture(scope="module")
def one(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(log=tmp_path_factory.mktemp("malformed") / "log") as running:
        yield running


@pytest.fixture
def home(ada: Person, ben: Person, one: Server) -> Iterator[Socket]:
    """An open home that shows what Ada writes."""
    factories.follow(ben, ada)
    with contextlib.closing(one.open(session_of(ben)).watch("home")) as opened:
        opened.next("ready")
        yield opened


def ensure_it_hears(home: Socket, author: Person, of: str) -> None:
    post = factories.post(author, f"Meanwhile: {of}.")
    assert home.next("entry", "closed").get("post") == str(post.pk), of


@pytest.mark.server
@pytest.mark.parametrize("broken", [FRAMES, GOODBYES], ids=["frames", "goodbyes"])
def test_a_protocol_violation_has_a_code_and_a_log_line(
    ada: Person, home: Socket, one: Server, broken: dict[str, tuple[bytes, int]]
):
    for name, (raw, code) in broken.items():
        before = len(one.said)
        bad = one.open()
        with contextlib.suppress(ConnectionError):  # it may be closed before all is sent
            bad.raw.sendall(raw)
        # Who says goodbye does not wait for an answer.
        assert bad.ended() in ((code,) if broken is FRAMES else (code, None)), name
        bad.close()
        wait_until(lambda before=before: len(one.said) > before, f"the log tells of: {name}")
        ensure_it_hears(home, ada, name)
        [line] = one.said[before:]
        assert f"with {int(code)}: " in line, name


@pytest.mark.server
def test_a_socket_that_is_being_closed_gets_no_more_frames(
    ada: Person, ben: Person, home: Socket, one: Server
):
    bad = one.open(session_of(ben)).watch("home")
    bad.next("ready")
    before = len(one.said)
    bad.raw.sendall(framed(b"{}", 0x83))
    assert bad.ended() == BROKEN
    ensure_it_hears(home, ada, "before the other end has agreed to close")
    bad.close()
    wait_until(lambda: len(one.said) > before, "the log tells of it")
    assert len(one.said) == before + 1


@pytest.mark.server
def test_a_refused_handshake_has_a_status_and_a_log_line(ada: Person, home: Socket, one: Server):
    for name, (raw, status) in HANDSHAKES.items():
        before = len(one.said)
        with connect(one.port) as asking, asking.makefile("rb") as answer:
            asking.sendall(raw)
            assert int(answer.readline().split()[1]) == status, name
        ensure_it_hears(home, ada, name)
        assert len(one.said) - before == (status != 101), (name, one.said[before:])


def test_bytes_that_are_no_request_get_400(one: Server):
    for name, raw in NO_REQUESTS.items():
        with connect(one.port) as asking, asking.makefile("rb") as answer:
            with contextlib.suppress(ConnectionError):
                asking.sendall(raw)
            assert answer.read()[:13] == b"HTTP/1.1 400 ", name


def test_a_fragmented_message_is_one_message(one: Server):
    """A proxy may split it, and a ping may come in between."""
    page = one.open()
    text = json.dumps(WATCH).encode()
    page.raw.sendall(framed(text[:9], FIRST) + framed(b"still there?", PING) + framed(text[9:20], GOES_ON))
    page.raw.sendall(framed(b"", GOES_ON) + framed(text[20:], LAST))
    assert page.next("ready", "closed")["type"] == "ready"
