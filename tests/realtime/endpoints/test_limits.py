"""Bad input closes one socket, with a code and a log line. The others go on."""

from __future__ import annotations

import json
import logging

import pytest
from channels.testing import WebsocketCommunicator

from network.models import Person
from realtime.hub.switchboard import Switchboard
from realtime.limits import LIMITS
from realtime.protocol.client_messages import LARGEST, NotUnderstood, Watch, parse
from realtime.protocol.close_codes import Close
from realtime.protocol.places import Place
from tests.support.realtime.pages import open_page

WATCH = {"v": 1, "type": "watch", "place": "home", "since": "0"}
MALFORMED = {
    "empty": "",
    "not JSON": "{",
    "not an object": "[1]",
    "deep": "[" * 8000,
    "too large": json.dumps({**WATCH, "more": "x" * LARGEST}),
    "lone surrogate": '{"v":1,"type":"watch","place":"\\ud800"}',
    "another version": json.dumps({**WATCH, "v": 2}),
    "unknown type": json.dumps({**WATCH, "type": "shout"}),
    "no place": json.dumps({"v": 1, "type": "watch"}),
    "unknown place": json.dumps({**WATCH, "place": "elsewhere"}),
    "place without id": json.dumps({**WATCH, "place": "topic"}),
    "place with an id too many": json.dumps({**WATCH, "place": "home:1"}),
    "id beyond 53 bits": json.dumps({**WATCH, "place": f"topic:{2**60}"}),
    "id as a number": json.dumps({**WATCH, "since": 5}),
    "negative id": json.dumps({**WATCH, "since": "-5"}),
    "too many digits": '{"v":1,"type":"watch","place":"home","since":' + "9" * 5000 + "}",
    "too many threads": json.dumps({**WATCH, "threads": ["1"] * 101}),
    "threads that are none": json.dumps({**WATCH, "threads": {"1": 2}}),
}


@pytest.mark.parametrize("said", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_message_is_not_understood(said: str):
    with pytest.raises(NotUnderstood):
        parse(said)


def test_a_message_is_read():
    said = json.dumps({**WATCH, "place": "topic:7", "threads": ["3", "3", "4"], "since": "5"})
    assert parse(said) == Watch(Place("topic", 7), frozenset({3, 4}), 5)


async def test_a_malformed_message_closes_that_socket_alone(
    ada: Person, board: Switchboard, caplog: pytest.LogCaptureFixture
):
    good, bad = [await open_page(board, ada, "home") for _ in range(2)]
    with caplog.at_level(logging.WARNING, "realtime"):
        await bad.say(MALFORMED["deep"])
        assert await bad.closed() == Close.NOT_UNDERSTOOD
    assert len(caplog.records) == 1
    assert len(list(board.connections)) == 1
    await (await good.watch("home")).ready()


async def test_binary_is_not_understood(board: Switchboard):
    page = await open_page(board, None)
    await page.socket.send_to(bytes_data=b"\0")
    assert await page.closed() == Close.NOT_UNDERSTOOD


async def test_too_many_messages_close_the_socket(board: Switchboard):
    page = await open_page(board, None)
    for _ in range(22):
        await page.watch("nothing")
    assert await page.closed() == Close.TOO_FAST


async def test_a_person_has_ten_sockets(ada: Person, ben: Person, board: Switchboard):
    pages = [await open_page(board, ada) for _ in range(LIMITS.sockets_per_person)]
    assert await (await open_page(board, ada)).closed() == Close.TOO_MANY_SOCKETS
    await (await (await open_page(board, ben)).watch("home")).ready()
    await pages[0].leave()
    await (await (await open_page(board, ada)).watch("home")).ready()


@pytest.mark.parametrize("place", ["home", "messages"])
async def test_without_a_session_there_is_no_home(board: Switchboard, place: str):
    page = await (await open_page(board, None)).watch(place)
    assert await page.closed() == Close.NOT_YOURS


async def test_a_page_gets_nothing_for_another_person(ada: Person, ben: Person, board: Switchboard):
    """A page may outlive its session, in the back-forward cache or in another tab."""
    for viewer, made_for in ((ada, ben.pk), (ada, ""), (None, ben.pk)):
        page = await open_page(board, viewer)
        await page.say(watching("nothing", made_for))
        assert await page.closed() == Close.NOT_YOURS, (viewer, made_for)
    for viewer, made_for in ((ada, ada.pk), (None, "")):
        page = await open_page(board, viewer)
        await page.say(watching("nothing", made_for))
        await page.ready()


async def test_a_ping_is_answered_by_a_pong(board: Switchboard):
    page = await open_page(board, None)
    await page.say({"v": 1, "type": "ping"})
    assert await page.next("pong") == {"v": 1, "type": "pong"}


@pytest.mark.django_db(transaction=True)
async def test_a_websocket_to_another_address_is_refused():
    from realtime.asgi import application

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    connected, _code = await WebsocketCommunicator(application, "/nowhere", headers=headers).connect()
    assert not connected


def watching(place: str, viewer: object) -> dict[str, object]:
    return {"v": 1, "type": "watch", "place": place, "reader": str(viewer)}
