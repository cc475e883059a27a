"""The network cuts a socket, at whatever byte and for however long: what was said meanwhile comes, and comes once."""

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

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def one(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(log=tmp_path_factory.mktemp("cuts") / "log") as running:
        yield running


class Reader:
    """A page that is cut off and comes back, and keeps what it shows by id, as `live_updates.js` does."""

    def __init__(self, since: int) -> None:
        self.since = since
        self.shown: list[str] = []
        self.got = b""

    def come(self, one: Server, place: str) -> Reader:
        self.socket = one.open().watch(place, since=self.since)
        self.got = b""
        return self

    def read(self, size: int) -> None:
        """Read so many bytes of what comes."""
        while len(self.got) < size:
            more = self.socket.file.read1(size - len(self.got))
            assert more, "The server has closed."
            self.got += more
        self.hear()

    def catch_up(self) -> Reader:
        while not any(frame["type"] == "ready" for frame in whole_frames(self.got)):
            self.got += self.socket.file.read1(4096)
        self.hear()
        return self

    def hear(self) -> None:
        """Only what has come whole is known."""
        for frame in whole_frames(self.got):
            if frame["type"] == "entry" and frame["post"] not in self.shown:
                self.shown.append(frame["post"])
            self.since = max(self.since, int(frame.get("since", frame.get("id", 0))))


def whole_frames(came: bytes) -> list[Frame]:
    """The texts in what a server sent, but for one that is not all there."""
    found = []
    while len(came) >= 2:
        size, head = came[1], 2
        if size == 126 and len(came) >= 4:
            [size], head = struct.unpack(">H", came[2:4]), 4
        elif size == 126:
            break
        if len(came) < head + size:
            break
        found.append(json.loads(came[head : head + size]))
        came = came[head + size :]
    return found


def test_what_a_page_says_may_be_cut_at_every_byte(ada: Person, ben: Person, one: Server):
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
    wait_until(lambda: not one.ports() & set(gone), "the server lets go of all of them")
    post = factories.post(ada)
    assert home.next("entry", "closed").get("post") == str(post.pk)
    assert one.said == []


def test_what_a_page_says_may_come_in_two_at_every_byte(one: Server):
    frame = framed(watching("nothing"))
    cut = [one.open() for _ in frame]
    for size, socket in enumerate(cut):
        socket.raw.sendall(frame[:size])
    one.open().watch("nothing").next("ready")  # by now the first parts have been read
    for size, socket in enumerate(cut):
        socket.raw.sendall(frame[size:])
    for socket in cut:
        assert socket.next("ready", "closed")["type"] == "ready"


def test_what_a_page_is_told_may_be_cut_at_every_byte(ada: Person, one: Server):
    topic = factories.topic("tides")
    seen = factories.post(ada, "What was there. #tides")
    said = [str(factories.post(ada, f"Number {number}. #tides").pk) for number in range(3)]
    place = f"topic:{topic.pk}"
    whole = Reader(seen.pk).come(one, place).catch_up()
    assert whole.shown[-3:] == said
    readers = [Reader(seen.pk).come(one, place) for _ in range(len(whole.got) + 1)]
    for size, reader in enumerate(readers):
        reader.read(size)
        reader.socket.cut()
    late = str(factories.post(ada, "Said while all were away. #tides").pk)
    for reader in readers:
        reader.come(one, place)
    for size, reader in enumerate(readers):
        reader.catch_up()
        assert [post for post in reader.shown if post != str(seen.pk)] == [*said, late], size
    assert one.said == []


@pytest.mark.parametrize("seconds", [1, 10, 600])
def test_a_cut_may_last(ada: Person, one: Server, seconds: int):
    """The page comes back with the id it knew when it was cut off; what was said comes in order, and once."""
    topic = factories.topic("tides")
    now = timezone.now()
    began = now - timedelta(seconds=seconds)

    def post(at: float) -> Post:
        with time_machine.travel(began + timedelta(seconds=at)):
            return factories.post(ada, f"After {at} s. #tides")

    ids._ids._last = 0
    long_before, just_before = post(-100), post(-0.5)
    during = [post(seconds * part / 12) for part in range(12)]
    reader = Reader(ids.first_at(began)).come(one, f"topic:{topic.pk}").catch_up()
    after = factories.post(ada, "Now. #tides")
    frame = reader.socket.next("entry", "closed")
    shown = [*reader.shown, frame.get("post")]
    assert str(long_before.pk) not in shown
    assert shown == [str(one.pk) for one in (just_before, *during, after)]


def test_what_is_cut_in_the_middle_of_much_comes_whole(ada: Person, ben: Person, one: Server):
    """Cut again and again while others write, a home has each of their posts once."""
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
