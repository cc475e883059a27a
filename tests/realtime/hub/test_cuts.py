"""The network cuts a socket, at any byte and for any time. The page then gets everything, and gets it once."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from network import ids
from network.models import Person, Post
from tests.support import factories
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import Frame, Server, Socket, framed, server, watching
from tests.support.waiting import wait_until

TEXT = 0x81  # the first byte of a frame

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def one(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(log=tmp_path_factory.mktemp("cuts") / "log") as running:
        yield running


class ReturningPage:
    """A page that loses its socket and returns. It knows its posts by id, as the scripts of a page do."""

    def __init__(self, since: int) -> None:
        self.since = since
        self.shown: list[str] = []
        self.got = b""

    def connect(self, one: Server, place: str) -> ReturningPage:
        self.socket = one.open().watch(place, since=self.since)
        self.got = b""
        return self

    def read(self, size: int) -> None:
        """Read so many bytes."""
        while len(self.got) < size:
            more = self.socket.file.read1(size - len(self.got))
            assert more, "The server has closed."
            self.got += more
        self.take_frames()

    def catch_up(self) -> ReturningPage:
        while not any(frame["type"] == "ready" for frame in whole_frames(self.got)):
            self.got += self.socket.file.read1(4096)
        self.take_frames()
        return self

    def take_frames(self) -> None:
        """Take the frames that are complete."""
        for frame in whole_frames(self.got):
            if frame["type"] == "entry" and frame["post"] not in self.shown:
                self.shown.append(frame["post"])
            self.since = max(self.since, int(frame.get("since", frame.get("id", 0))))


def whole_frames(came: bytes) -> list[Frame]:
    """The complete frames in what a server sent."""
    found = []
    while len(came) >= 2:
        size, head = came[1], 2
        if size == 126 and len(came) >= 4:
            [size], head = struct.unpack(">H", came[2:4]), 4
        elif size == 126:
            break
        if len(came) < head + size:
            break
        if came[0] == TEXT:  # a ping may come between
            found.append(json.loads(came[head : head + size]))
        came = came[head + size :]
    return found


def test_a_message_of_a_page_may_be_cut_at_every_byte(ada: Person, ben: Person, one: Server):
    factories.follow(ben, ada)
    home = one.open(session_of(ben)).watch("home")
    home.next("ready")
    frame = framed(watching("nothing"))
    cut = [one.open() for _ in frame]
    for size, socket in enumerate(cut):
        socket.raw.sendall(frame[:size])
    gone = [socket.raw.getsockname()[1] for socket in cut]
    for number, socket in enumerate(cut):
        if number % 2:
            socket.cut()
        else:
            socket.close()
    wait_until(lambda: not one.ports() & set(gone), "the server drops all of them")
    post = factories.post(ada)
    assert home.next("entry", "closed").get("post") == str(post.pk)
    assert one.said == []


def test_a_message_of_a_page_may_come_in_two_parts(one: Server):
    frame = framed(watching("nothing"))
    cut = [one.open() for _ in frame]
    for size, socket in enumerate(cut):
        socket.raw.sendall(frame[:size])
    one.open().watch("nothing").next("ready")  # by now the first parts have been read
    for size, socket in enumerate(cut):
        socket.raw.sendall(frame[size:])
    for socket in cut:
        assert socket.next("ready", "closed")["type"] == "ready"


def test_frames_for_a_page_may_be_cut_at_every_byte(ada: Person, one: Server):
    topic = factories.topic("tides")
    seen = factories.post(ada, "What was there. #tides")
    said = [str(factories.post(ada, f"Number {number}. #tides").pk) for number in range(3)]
    place = f"topic:{topic.pk}"
    whole = ReturningPage(seen.pk).connect(one, place).catch_up()
    assert whole.shown[-3:] == said
    pages = [ReturningPage(seen.pk).connect(one, place) for _ in range(len(whole.got) + 1)]
    for size, page in enumerate(pages):
        page.read(size)
        page.socket.cut()
    late = str(factories.post(ada, "Said while all were away. #tides").pk)
    for page in pages:
        page.connect(one, place)
    for size, page in enumerate(pages):
        page.catch_up()
        assert [post for post in page.shown if post != str(seen.pk)] == [*said, late], size
    assert one.said == []


@pytest.mark.parametrize("seconds", [1, 10, 600])
def test_a_cut_may_last(ada: Person, one: Server, seconds: int):
    """The page returns with the id that it had at the cut. The posts since then come in order, and once."""
    topic = factories.topic("tides")
    now = timezone.now()
    began = now - timedelta(seconds=seconds)

    def post(at: float) -> Post:
        with time_machine.travel(began + timedelta(seconds=at)):
            return factories.post(ada, f"After {at} s. #tides")

    ids._ids._last = 0
    long_before, just_before = post(-100), post(-0.5)
    during = [post(seconds * part / 12) for part in range(12)]
    page = ReturningPage(ids.first_at(began)).connect(one, f"topic:{topic.pk}").catch_up()
    after = factories.post(ada, "Now. #tides")
    frame = page.socket.next("entry", "closed")
    shown = [*page.shown, frame.get("post")]
    assert str(long_before.pk) not in shown
    assert shown == [str(one.pk) for one in (just_before, *during, after)]


def test_a_home_that_is_cut_again_and_again_gets_each_post(ada: Person, ben: Person, one: Server):
    """Its socket is cut while others write. In the end it has each of their posts once."""
    factories.follow(ben, ada)
    session = session_of(ben)
    known, shown, said = 0, [], []
    for number in range(20):
        socket: Socket = one.open(session).watch("home", since=known)
        said.append(str(factories.post(ada, f"Number {number}").pk))
        for _ in range(number % 4):
            frame = socket.next("entry", "ready", "closed")
            known = max(known, int(frame.get("since", frame.get("id"))))
            if frame["type"] == "entry" and frame["post"] not in shown:
                shown.append(frame["post"])
        socket.cut()
    socket = one.open(session).watch("home", since=known)
    while len(shown) < len(said):
        frame = socket.next("entry", "closed")
        if frame["post"] not in shown:
            shown.append(frame["post"])
    assert sorted(shown, key=int) == said
