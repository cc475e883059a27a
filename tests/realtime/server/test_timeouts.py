"""A client that vanishes, or does not finish a request, is dropped. The others go on meanwhile.

The server has short time limits (`short_timeouts`).
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from network.models import Person
from realtime.limits import LIMITS
from realtime.protocol.close_codes import Close
from tests.support import factories
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import Server, connect, framed, server, vanish, watching
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

REQUEST_TIMEOUT = 2  # seconds, with `short_timeouts`
SLOW = 40  # connections at once that go no further than this
BEGUN = {
    "a first line": b"GET /live",
    "a header": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nMore: ",
    "a handshake": b"GET /live HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: ",
    "a body": b"POST /posts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n\r\n",
    "another request": b"GET /live/missed?place=nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HTTP/1.1\r\nMore: ",
}


@pytest.fixture(scope="module")
def one(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server("short_timeouts", log=tmp_path_factory.mktemp("patience") / "log") as running:
        yield running


def is_known(one: Server, end: socket.socket) -> bool:
    return end.getsockname()[1] in one.ports()


@pytest.mark.server
def test_an_unfinished_request_times_out_and_others_go_on(ada: Person, ben: Person, one: Server):
    factories.follow(ben, ada)
    slow = {name: [connect(one.port) for _ in range(SLOW)] for name in BEGUN}
    for name, ends in slow.items():
        for end in ends:
            end.sendall(BEGUN[name])
    home = one.open(session_of(ben)).watch("home")
    home.next("ready")
    post = factories.post(ada, "Meanwhile.")
    assert home.next("entry", "closed").get("post") == str(post.pk)

    def go_on() -> bool:
        for ends in slow.values():
            ends[:] = [end for end in ends if is_open(end)]
        return not any(slow.values())

    wait_until(go_on, f"each is ended: {slow}")
    wait_until(lambda: str(one.said).count("did not end") == SLOW * len(BEGUN), "the log tells of each")


def is_open(end: socket.socket) -> bool:
    """Send one more byte, and see whether the server still accepts it."""
    try:
        end.sendall(b"x")
        end.setblocking(False)
        while end.recv(4096):
            pass
    except BlockingIOError:
        end.settimeout(10)
        return True
    except ConnectionError:
        pass
    end.close()
    return False


def test_the_timeout_runs_from_the_first_byte_of_a_request(one: Server):
    """However long the connection was kept, and whatever was sent on it before."""
    asked = b"GET /live/missed?place=nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connect(one.port) as kept, kept.makefile("rb") as answer:
        for _ in range(2):
            pass_time(REQUEST_TIMEOUT * 0.75)
            kept.sendall(asked[:9])
            pass_time(REQUEST_TIMEOUT * 0.3)
            kept.sendall(asked[9:])
            assert answer.readline().split()[1] == b"200"
            headers = dict(iter(lambda: header(answer), ("", "")))
            answer.read(int(headers["content-length"]))


def pass_time(seconds: float) -> None:
    until = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > until, "time passes")


def header(answer: BinaryIO) -> tuple[str, str]:
    name, _colon, value = answer.readline().decode().strip().lower().partition(": ")
    return name, value


def test_a_vanished_client_is_dropped_and_its_person_may_return(ada: Person, one: Server):
    """Pings find it. Until then its ten sockets keep the person out."""
    session = session_of(ada)
    sockets = [one.open(session).watch("home") for _ in range(LIMITS.sockets_per_person)]
    for each in sockets:
        each.next("ready")
        vanish(each.raw)
    assert one.open(session).ended() == Close.TOO_MANY_SOCKETS
    wait_until(lambda: not any(is_known(one, each.raw) for each in sockets), "all are let go of")
    one.open(session).watch("home").next("ready")


@pytest.mark.server
def test_a_vanished_client_of_an_event_stream_is_dropped(ada: Person, one: Server):
    stream = one.events(session_of(ada), "home")
    stream.next("ready")
    vanish(stream.raw)
    wait_until(lambda: not is_known(one, stream.raw), "it is let go of", 20)


def test_a_client_that_stops_within_a_frame_is_dropped(one: Server):
    half = one.open()
    half.raw.sendall(framed(watching("nothing"))[:20])
    with contextlib.suppress(ConnectionError):
        while half.raw.recv(4096):  # pings, which it cannot answer amid a frame
            pass


def test_a_client_that_answers_pings_stays(ada: Person, ben: Person, one: Server):
    factories.follow(ben, ada)
    home = one.open(session_of(ben)).watch("home")
    home.next("ready")
    for number in range(2):
        home.next("ping")
        post = factories.post(ada, f"After ping {number}.")
        assert home.next("entry", "closed").get("post") == str(post.pk)
