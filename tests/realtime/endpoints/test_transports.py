"""The other transports: a shared websocket, an event stream, a poll, a websocket by ticket."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async as off
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.test import Client

from network.actions import follows
from network.models import Person
from realtime.endpoints.auth import WebsocketAuth
from realtime.endpoints.websocket import PAGES, live
from realtime.hub import replay
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from realtime.protocol.close_codes import Close
from tests.support import factories
from tests.support.realtime.pages import Page, open_page, session_of
from tests.support.realtime.sockets import Server, server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one(transactional_db: None) -> Iterator[Server]:
    with server() as running:
        yield running


def watching(page: str, place: str) -> dict[str, Any]:
    return {"v": 1, "type": "watch", "page": page, "place": place, "since": "0"}


async def of_page(socket: Page, name: str, *types: str) -> dict[str, Any]:
    """The next frame for a page of a shared socket."""
    while (frame := await socket.next(*types)).get("page", "") != name:
        pass
    return frame


async def test_pages_that_share_a_socket_get_their_own_frames(ada: Person, ben: Person, board: Switchboard):
    topic = await off(factories.topic)("tides")
    await off(factories.follow)(ben, ada)
    socket = await open_page(board, ben)
    await socket.say(watching("a", "home"))
    await socket.say(watching("b", f"topic:{topic.pk}"))
    assert {(await socket.next("ready"))["page"] for _ in "ab"} == {"a", "b"}  # whichever comes first
    post = await off(factories.post)(ada, "Of nothing much")
    both = await off(factories.post)(ada, "Of #tides")
    heard = [frame for frame in await socket.received() if frame["type"] == "entry"]
    assert {(frame["page"], frame["post"]) for frame in heard} == {
        ("a", str(post.pk)),
        ("a", str(both.pk)),
        ("b", str(both.pk)),
    }


async def test_a_page_that_leaves_gets_nothing_and_the_others_go_on(
    ada: Person, ben: Person, board: Switchboard
):
    await off(factories.follow)(ben, ada)
    socket = await open_page(board, ben)
    for name in ("a", "b"):
        await socket.say(watching(name, "home"))
        await of_page(socket, name, "ready")
    await socket.say({"v": 1, "type": "leave", "page": "a"})
    await off(factories.post)(ada)
    assert {frame["page"] for frame in await socket.received()} == {"b"}
    await socket.say({"v": 1, "type": "leave", "page": "b"})
    assert len(list(board.connections)) == 1, "the socket is still somebody's"
    await socket.say(watching("c", "home"))
    await of_page(socket, "c", "ready")
    post = await off(factories.post)(ada)
    assert [(frame["page"], frame["post"]) for frame in await socket.received()][-1] == ("c", str(post.pk))


async def test_pages_that_share_a_socket_count_once_and_are_limited(ada: Person, board: Switchboard):
    socket = await open_page(board, ada)
    for number in range(PAGES):
        socket_page = f"p{number}"
        await socket.say(watching(socket_page, "nothing"))
        await of_page(socket, socket_page, "ready")
    await (await (await open_page(board, ada)).watch("home")).ready()
    await socket.say(watching("one-more", "nothing"))
    assert await socket.closed() == Close.TOO_MANY_SOCKETS
    assert len(list(board.connections)) == 1


def test_events_carry_the_same_frames(ada: Person, ben: Person, one: Server):
    factories.follow(ben, ada)
    missed = factories.post(ada, "Said before")
    stream = one.events(session_of(ben), "home", since=missed.pk - 1)
    assert stream.status == 200
    assert stream.next("entry")["post"] == str(missed.pk)
    stream.next("ready")
    post = factories.post(ada, "Said now")
    assert stream.next("entry")["post"] == str(post.pk)


def test_events_end_with_the_session(ada: Person, one: Server):
    stream = one.events(session_of(ada), "home")
    stream.next("ready")
    Session.objects.all()[0].delete()
    assert stream.next("closed")["code"] == Close.SIGNED_OUT


def test_a_wrong_request_for_events_is_answered_at_once(ada: Person, one: Server):
    assert one.events("", "home").status == 403
    for place in ("elsewhere", "topic:x", "home&threads=1,x", "home&threads=" + ",".join(["1"] * 101)):
        assert one.events(session_of(ada), place).status == 400, place


def test_a_page_is_answered_only_for_the_person_it_was_made_for(ada: Person, ben: Person, one: Server):
    client = Client()
    client.force_login(ada.user)
    for viewer, status in ((ada.pk, 200), (ben.pk, 403), ("", 403), ("x", 400)):
        assert one.events(session_of(ada), f"nothing&reader={viewer}").status == status
        asked = {"place": "nothing", "reader": str(viewer)}
        assert client.get("/live/missed", asked).status_code == status


def test_a_stream_that_does_not_read_catches_up_later(ada: Person, ben: Person, one: Server):
    """What waits for it is bounded. When it reads again, it is sent what it missed."""
    factories.follow(ben, ada)
    stream = one.events(session_of(ben), "home", receive_buffer=2048)
    stream.next("ready")
    before = one.memory()
    said = [factories.post(ada, f"Number {number}").pk for number in range(150)]
    assert one.memory() - before < 8 * 1024 * 1024
    heard = [stream.next("entry", "more") for _ in range(20)]
    assert all(int(frame["post"]) in said for frame in heard if frame["type"] == "entry")


def test_a_poll_returns_what_was_missed(ada: Person, ben: Person, client: Client):
    factories.follow(ben, ada)
    client.force_login(ben.user)
    post = factories.post(ada)
    found = client.get("/live/missed", {"place": "home", "since": str(post.pk - 1)}).json()["frames"]
    assert [frame["type"] for frame in found] == ["entry", "ready", "unread"]
    assert found[0]["post"] == str(post.pk)
    since = found[1]["since"]
    later = client.get("/live/missed", {"place": "home", "since": since}).json()["frames"]
    assert later[-2]["since"] >= since
    assert client.get("/live/missed", {"place": "elsewhere"}).status_code == 400
    client.logout()
    assert client.get("/live/missed", {"place": "home"}).status_code == 403


def test_a_quiet_page_asks_from_the_time_it_was_made(
    ada: Person, ben: Person, client: Client, monkeypatch: pytest.MonkeyPatch
):
    """Much may have happened since the newest that it shows, of which nothing is for it."""
    few = partial(replay.load_replays, limits=Limits(candidates=2))
    monkeypatch.setattr("realtime.endpoints.views.replay.load_replays", few)
    factories.follow(ben, ada)
    follows.deliver(ben, ada.stream, place="home", comments="none")
    post = factories.post(ada)
    for _ in range(4):
        factories.comment(ada, post)
    client.force_login(ben.user)
    [since] = re.findall('data-live-since="([0-9]+)"', client.get("/").content.decode())
    frames = client.get("/live/missed", {"place": "home", "since": since}).json()["frames"]
    assert "more" not in [frame["type"] for frame in frames]


def test_a_ticket_is_valid_once_and_ends_with_its_session(ada: Person, ben: Person, one: Server):
    factories.follow(ben, ada)
    client = Client()
    client.force_login(ben.user)
    ticket = client.post("/live/ticket").json()["ticket"]
    home = one.enter(ticket).watch("home")
    home.next("ready")
    post = factories.post(ada)
    assert home.next("entry")["post"] == str(post.pk)
    assert one.enter(ticket).status == 403, "it is used up"
    assert one.enter("made-up").status == 403
    Session.objects.all()[0].delete()
    assert home.ended() == Close.SIGNED_OUT


def test_without_a_session_there_is_no_ticket(client: Client):
    assert client.post("/live/ticket").status_code == 403


def test_a_server_that_ends_hands_its_pages_over(ada: Person, ben: Person):
    factories.follow(ben, ada)
    session = session_of(ben)
    with server("patient_end") as ending, server() as other:
        socket, stream = ending.open(session).watch("home"), ending.events(session, "home")
        since, _also = [one.next("ready")["since"] for one in (socket, stream)]
        ending.process.send_signal(signal.SIGTERM)
        assert socket.ended() == stream.next("closed")["code"] == Close.ENDING
        ending.process.wait(60)  # it does not wait for pages that stay open
        missed = factories.post(ada)
        assert other.open(session).watch("home", since=since).next("entry")["post"] == str(missed.pk)


async def test_no_ticket_is_valid_while_redis_is_away(monkeypatch: pytest.MonkeyPatch):
    away = redis.Redis.from_url("unix:///nowhere")
    monkeypatch.setattr("realtime.announcing.publisher.client", lambda: away)
    door = WebsocketCommunicator(WebsocketAuth(live), "/live?ticket=any", headers=[(b"host", b"localhost")])
    assert await door.connect() == (False, 1000)
