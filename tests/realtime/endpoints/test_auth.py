"""Live pages accept the hosts that pages accept, and the origins that Django accepts of a POST."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis
import pytest
from asgiref.sync import async_to_sync
from asgiref.sync import sync_to_async as off
from channels.testing import HttpCommunicator, WebsocketCommunicator
from django.conf import LazySettings
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from network.models import Person
from realtime.asgi import application
from realtime.endpoints import tickets
from realtime.endpoints.auth import AllowedHost, WebsocketAuth, WithoutNul, WithSession
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import connect, server

pytestmark = pytest.mark.django_db(transaction=True)

ORIGINS = [
    "http://kith.example",
    "https://kith.example",
    "http://kith.example:80",
    "https://kith.example:443",
    "http://kith.example:3000",
    "http://kith.example:8000",
    "https://kith.example:8000",
    "http://KITH.example",
    "http://kith.example.",
    "http://kith.example/",
    "http://kith.example@elsewhere.example",
    "ftp://kith.example",
    "ws://kith.example",
    "kith.example",
    "//kith.example",
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:8000",
    "http://[::1]:8000",
    "http://[::1",
    "https://a.trusted.example",
    "http://a.trusted.example",
    "https://trusted.example",
    "https://a.trusted.example:8443",
    "https://eviltrusted.example",
    "https://other.example",
    "https://elsewhere.example",
    "null",
    "http://",
]
HOSTS = [
    "kith.example",
    "kith.example:8000",
    "KITH.example",
    "kith.example.",
    "localhost:8000",
    "127.0.0.1:8000",
    "[::1]:8000",
    "elsewhere.example",
    "kith.example@elsewhere.example",
    "kith.example:port",
    "a b",
]
SCHEMES = ["", "http", "https"]  # as the proxy says


@pytest.fixture
def behind_proxy(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "kith.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.CSRF_TRUSTED_ORIGINS = [
        "https://kith.example",
        "https://other.example",
        "https://*.trusted.example",
    ]


async def inside(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def headers(host: str, scheme: str, origin: str = "") -> list[tuple[bytes, bytes]]:
    said = {"host": host, "x-forwarded-proto": scheme, "origin": origin}
    return [(name.encode(), value.encode()) for name, value in said.items() if value]


async def lets_in(path: str, said: list[tuple[bytes, bytes]]) -> bool:
    socket = WebsocketCommunicator(WebsocketAuth(inside), path, headers=said)
    is_let_in, _code = await socket.connect()
    await socket.disconnect()
    return bool(is_let_in)


def django_takes(host: str, scheme: str, origin: str) -> bool:
    """Whether Django accepts a POST with a token from there: the oracle."""
    browser = Client(enforce_csrf_checks=True)
    token = "a" * 32
    browser.cookies["csrftoken"] = token
    more = {"X-Forwarded-Proto": scheme} if scheme else {}
    given = {"Host": host, "Origin": origin, "X-CSRFToken": token, **more}
    return browser.post("/accounts/logout/", headers=given).status_code < 400


async def test_websockets_are_accepted_from_the_origins_of_posts(behind_proxy: None) -> None:
    found = {}
    for host, scheme, origin in itertools.product(HOSTS, SCHEMES, ORIGINS):
        expected = await off(django_takes)(host, scheme, origin)
        found[host, scheme, origin] = (await lets_in("/live", headers(host, scheme, origin)), expected)
    assert {case: pair for case, pair in found.items() if pair[0] != pair[1]} == {}
    assert 0 < sum(is_in for is_in, _expected in found.values()) < len(found)


async def test_without_an_origin_a_ticket_and_the_right_host_are_needed(
    behind_proxy: None, ada: Person
) -> None:
    session = await off(session_of)(ada)
    ticket = await off(tickets.issue)(session)
    assert not await lets_in("/live", headers("kith.example", ""))
    assert not await lets_in(f"/live?ticket={ticket}", headers("elsewhere.example", ""))
    assert await lets_in(f"/live?ticket={ticket}", headers("kith.example", "", "https://elsewhere.example"))


async def test_event_streams_are_accepted_for_the_hosts_of_pages(behind_proxy: None) -> None:
    for host, scheme in itertools.product(HOSTS, SCHEMES):
        client = Client(headers={"Host": host, "X-Forwarded-Proto": scheme})
        expected = {
            (await off(client.get)(path)).status_code == 400
            for path in ("/about", "/live/missed?place=nothing")
        }
        said = HttpCommunicator(AllowedHost(inside), "GET", "/live/events", headers=headers(host, scheme))
        assert {(await said.get_response())["status"] == 400} == expected, host


@hypothesis.given(
    st.dictionaries(
        st.sampled_from(
            (b"cookie", b"host", b"origin", b"x-forwarded-proto", b"x-forwarded-for", b"referer")
        ),
        st.sampled_from((b"http://[", b"sessionid=\0", b"//\xe2\x84\x80", b"https://a.trusted.example:x"))
        | st.binary(),
        min_size=1,
    ),
    st.binary(max_size=30),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_makes_a_handshake_or_a_stream_fail(
    behind_proxy: None, said: dict[bytes, bytes], query: bytes
) -> None:
    messages: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = {"path": "/live", "query_string": query, "headers": [*said.items()]}
    async_to_sync(WithoutNul(WebsocketAuth(inside)))(scope | {"type": "websocket"}, None, send)
    async_to_sync(WithoutNul(AllowedHost(WithSession(inside))))(scope | {"type": "http"}, None, send)
    assert messages[0]["type"] in ("websocket.accept", "websocket.close")
    assert messages[1]["status"] in (200, 400)


async def test_a_nul_in_a_header_is_refused() -> None:
    """PostgreSQL takes no NUL: a key with it would harm all who connect at the same moment."""
    raw, spelled = b"sessionid=x\0y; charset=\0", rb'sessionid="\000y"'
    headers = [(name, raw) for name in (b"cookie", b"user-agent", b"content-type", b"x-made-up")]
    for header in (*headers, (b"cookie", spelled)):
        said = [(b"host", b"localhost"), header]
        asking = HttpCommunicator(application, "GET", "/about", headers=said)
        assert (await asking.get_response())["status"] == 400
        is_open, _code = await WebsocketCommunicator(application, "/live", headers=said).connect()
        assert not is_open


def test_a_real_server_checks_hosts_and_origins(ada: Person) -> None:
    with server() as one:
        session = session_of(ada)
        here = f"http://127.0.0.1:{one.port}"
        for origin in (
            "http://localhost:3000",
            "ftp://127.0.0.1",
            "http://127.0.0.1:1",
            here.replace("http", "https"),
        ):
            assert one.open(session, origin=origin).status == 403, origin
        assert one.open(session, origin=here).status == 101
        for path in ("/live/events?place=nothing", "/live/missed?place=nothing", "/about"):
            with connect(one.port) as asking, asking.makefile("rb") as answer:
                asking.sendall(f"GET {path} HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n".encode())
                assert answer.readline().split()[1] == b"400", path
