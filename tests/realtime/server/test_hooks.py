"""Each hook into daphne, Twisted and autobahn still exists upstream, and has its effect on a real server.

Their internals may change with any release. Then a test here names what has changed.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest
from autobahn.twisted.websocket import WebSocketServerProtocol
from daphne import server as daphne
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp
from twisted.web.http import HTTPChannel, Request

from realtime.server.http_channel import LimitedChannel
from realtime.server.server import Server
from realtime.server.websocket_protocol import LimitedWebSocket
from tests.support.realtime import sockets
from tests.support.realtime.sockets import connect, server
from tests.support.waiting import wait_until

# What is overridden, and what is called, with the parameters that our code relies on.
OVERRIDDEN: dict[type, dict[str, list[str]]] = {
    Server: {
        "listen_success": ["port"],
        "create_application": ["protocol", "scope"],
        "protocol_disconnected": ["protocol"],
        "kill_all_applications": [],
    },
    LimitedChannel: {
        "connectionMade": [],
        "dataReceived": ["data"],
        "lineReceived": ["line"],
        "lineLengthExceeded": ["line"],
        "headerReceived": ["line"],
        "rawDataReceived": ["data"],
        "resetTimeout": [],
        "allContentReceived": [],
        "requestDone": ["request"],
        "timeoutConnection": [],
    },
    LimitedWebSocket: {
        "failByDrop": [],
        "perMessageCompressionAccept": [],
        "onMessageFrameBegin": ["length"],
        "failHandshake": ["reason", "code", "responseHeaders"],
        "onClose": ["wasClean", "code", "reason"],
        "connectionLost": ["reason"],
    },
}
CALLED: dict[type, dict[str, list[str]]] = {
    daphne.Server: {"handle_reply": ["protocol", "message"]},
    WebRequest: {"handle_reply": ["message"], "registerProducer": ["producer", "streaming"]},
    WebSocketProtocol: {
        "handle_reply": ["message"],
        "registerProducer": ["producer", "streaming"],
        "unregisterProducer": [],
    },
    HTTPChannel: {"setTimeout": ["period"], "clearLineBuffer": []},
    tcp.Connection: {"writeSomeData": ["data"], "write": ["bytes"], "getHandle": []},
    tcp.Port: {"doRead": [], "stopListening": []},
}
# What is read or set on a class.
ATTRIBUTES: dict[type, list[str]] = {
    HTTPFactory: ["protocol", "timeOut"],
    HTTPChannel: ["requestFactory", "length"],
    WebSocketServerProtocol: ["CONFIG_ATTRS", "STATE_OPEN", "STATE_CONNECTING"],
    tcp.Connection: ["dataBuffer", "bufferSize"],
}
OPTIONS = [
    *("endpoints", "ready_callable", "server_name", "ping_interval", "ping_timeout"),
    *("websocket_max_message_size", "websocket_max_frame_size"),
]
KEPT_OPTIONS = {
    "failByDrop",
    "perMessageCompressionAccept",
}  # of autobahn: instances have them by their class


def parameters(method: Any) -> list[str]:
    return [name for name in inspect.signature(method).parameters if name != "self"]


def upstream(ours: type, name: str) -> Any:
    """What ours overrides; None where it overrides nothing."""
    return next((vars(base)[name] for base in ours.__mro__[1:-1] if name in vars(base)), None)


@pytest.mark.parametrize("ours", OVERRIDDEN, ids=lambda ours: str(ours.__name__))
def test_overridden_methods_have_these_parameters_upstream(ours: type) -> None:
    hooks = {name for name in vars(ours) if not name.startswith("__") and upstream(ours, name) is not None}
    assert hooks == OVERRIDDEN[ours].keys() - KEPT_OPTIONS, "the table has each hook, and each hook is there"
    assert {name: parameters(upstream(ours, name)) for name in hooks} == {
        name: OVERRIDDEN[ours][name] for name in hooks
    }
    assert set(WebSocketServerProtocol.CONFIG_ATTRS) >= KEPT_OPTIONS


@pytest.mark.parametrize("theirs", CALLED, ids=lambda theirs: str(theirs.__name__))
def test_called_methods_have_these_parameters_upstream(theirs: type) -> None:
    found = {name: parameters(getattr(theirs, name, None)) for name in CALLED[theirs]}
    assert {name: found[name][: len(wanted)] for name, wanted in CALLED[theirs].items()} == CALLED[theirs]


def test_attributes_and_options_exist_upstream() -> None:
    missing = [
        (owner, name) for owner, names in ATTRIBUTES.items() for name in names if not hasattr(owner, name)
    ]
    assert missing == []
    assert set(OPTIONS) <= set(parameters(daphne.Server))
    assert "parsePOSTFormSubmission" in parameters(Request)


@pytest.fixture
def one(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[sockets.Server]:
    """Kith's own server, whichever one the other tests run on."""
    monkeypatch.setattr("tests.support.realtime.server_command.SERVER", "kith")
    with server("inspected") as running:
        yield running


def inspected(one: sockets.Server, times: int = 1) -> dict[str, Any]:
    """The state of the server after some requests on one connection."""
    with connect(one.port) as asking, asking.makefile("rb") as answer:
        for _ in range(times):
            asking.sendall(b"GET /inspect HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            lines = list(iter(lambda: answer.readline().strip().lower(), b""))
            [length] = [int(line.split()[1]) for line in lines if line.startswith(b"content-length")]
            state: dict[str, Any] = json.loads(answer.read(length))
    return state


def test_each_hook_has_its_effect_on_a_real_server(one: sockets.Server) -> None:
    page = one.open().watch("nothing")
    page.next("ready")
    # Stock daphne keeps answered requests until its check once a second, so twenty in a row are still there.
    wait_until(
        lambda: inspected(one, times=20)["connections"] == 2,
        "what is answered is forgotten: the page and this request are left",
    )
    state = inspected(one)
    assert state["websockets"] == ["LimitedWebSocket"]
    assert state["own_options"] == [], "options are of the class, not of each websocket"
    assert state["message_limits"] == [64 * 1024]
    assert set(state["queues"]) == {"ReceiveQueue"}
    assert state["buffer_sizes"] == [16 * 1024]
    assert state["accepts_at_once"] > 0, "set before the end, so that all who wait are let in"
    assert state["is_frozen"]
    page.close()
