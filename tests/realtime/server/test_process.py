"""Real server processes and real sockets: from an action in one process to the pages of two others."""

from __future__ import annotations

import dataclasses
import itertools
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import redis

from network.models import Activity, Person, Post
from realtime.announcing import announcements
from realtime.protocol.messages import Message
from tests.support import factories
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import Server, Socket, answers, milliseconds_since, server
from tests.support.waiting import wait_until

SHOUTS = 3000
NUMBERS = itertools.count(1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one(transactional_db: None) -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def two(transactional_db: None) -> Iterator[Server]:
    with server() as running:
        yield running


def test_a_post_arrives_in_both_processes(ada: Person, ben: Person, chi: Person, one: Server, two: Server):
    factories.follow(ben, ada)
    factories.follow(chi, ada)
    homes = [one.open(session_of(ben)).watch("home"), two.open(session_of(chi)).watch("home")]
    for home in homes:
        home.next("ready")
    took = []
    for _ in range(20):
        began = time.monotonic()
        post = factories.post(ada)
        assert [home.next("entry")["post"] for home in homes] == [str(post.pk)] * 2
        took.append(milliseconds_since(began))
    say(f"From the act to two processes: median {statistics.median(took)} ms, most {max(took)} ms")


def test_a_page_of_another_site_is_not_let_in(ada: Person, one: Server):
    assert one.open(session_of(ada), origin="https://elsewhere.example").status == 403
    assert one.open(session_of(ada)).status == 101


def test_a_server_that_is_killed_and_comes_back_misses_nothing(ada: Person, ben: Person):
    factories.follow(ben, ada)
    session = session_of(ben)
    with server() as first:
        home = first.open(session).watch("home")
        since = home.next("ready")["since"]
        first.process.kill()
        first.process.wait()
    missed = factories.post(ada)
    with server() as second:
        assert second.open(session).watch("home", since=since).next("entry")["post"] == str(missed.pk)


@pytest.mark.server("daphne")
def test_a_page_that_does_not_read_takes_bounded_memory(
    ada: Person, ben: Person, chi: Person, one: Server, valkey_server: redis.Redis
):
    root = factories.post(ada)
    card = card_of(factories.comment(ada, root, "All about the tide. " * 200))
    quick = one.open(session_of(ben)).watch(f"thread:{root.pk}")
    quick.next("ready")
    shout(valkey_server, card, SHOUTS, quick)
    before = one.memory()
    slow = one.open(session_of(chi), receive_buffer=4096).watch(f"thread:{root.pk}")
    slow.next("ready")
    shout(valkey_server, card, SHOUTS, quick)
    grown = one.memory() - before
    last = str(factories.comment(ada, root, "Last").pk)
    heard = 0
    while slow.next("comment")["post"] != last:
        heard += 1
    say(f"{SHOUTS} frames of {len(card.frame)} bytes: who did not read got {heard}, memory {grown:+} bytes")
    assert heard < SHOUTS / 2
    assert grown < SHOUTS * len(card.frame) / 4


def shout(valkey: redis.Redis, card: Message, times: int, hearer: Socket) -> None:
    """Announce a card many times, each time as another message, as quickly as one page reads."""
    for _ in range(times):
        id = next(NUMBERS)
        frame = card.frame.replace(str(card.id), str(id))
        valkey.publish(card.channels[0], dataclasses.replace(card, id=id, frame=frame).encode())
        hearer.next("comment")


def say(what: str) -> None:
    """Print a figure (`pytest -s` shows it)."""
    sys.stdout.write(f"\n{what}\n")


def card_of(comment: Post) -> Message:
    said = announcements.messages_of([Activity.objects.get(pk=comment.pk)], shown={comment.thread_id})
    return next(message for message in said if message.type == "comment")


def test_a_restart_of_redis_is_survived(ada: Person, ben: Person, one: Server, valkey_server: redis.Redis):
    factories.follow(ben, ada)
    home = one.open(session_of(ben)).watch("home")
    home.next("ready")
    stop = threading.Event()

    def cut() -> None:
        while not stop.is_set():
            valkey_server.client_kill_filter(_type="pubsub")
            stop.wait(0.02)

    cutting = threading.Thread(target=cut)
    cutting.start()
    said = [factories.post(ada).pk for _ in range(5)]
    stop.set()
    cutting.join()
    heard = set()
    while heard != set(said):
        heard.add(int(home.next("entry")["post"]))


@pytest.mark.server
def test_a_request_that_has_begun_is_answered_before_the_process_ends(ada: Person, ben: Person, one: Server):
    """No connection is reset, and the process does not wait for a page with a websocket."""
    home = one.open(session_of(ben)).watch("home")
    home.next("ready")
    with socket.create_connection(("127.0.0.1", one.port), 10) as asking, asking.makefile("rb") as answer:
        asking.sendall(b"GET /about HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        one.process.terminate()
        wait_until(lambda: not answers(one.port), "nobody new is let in")
        asking.sendall(b"\r\n")
        assert answer.readline().split()[1] == b"200"
    assert one.process.wait(10) == 0
