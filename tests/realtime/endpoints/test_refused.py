"""A bad request gets a status that says why, and one log line: never 500, never a traceback."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from channels.testing import HttpCommunicator
from django.conf import settings

from network.logs import WithoutTraceback
from network.models import Person
from realtime.asgi import application
from realtime.server.limits import MAX_BODY
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import Server, connect, server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MANY = b"&".join(b"a=1" for _ in range(1002))
FORM = b"Content-Type: application/x-www-form-urlencoded"
PARTS = b"Content-Type: multipart/form-data; boundary=x"
SOCKET = (
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    b"Origin: http://127.0.0.1",
)


def get(target: bytes, *headers: bytes, host: bytes = b"127.0.0.1") -> bytes:
    return b"\r\n".join([b"GET " + target + b" HTTP/1.1", b"Host: " + host, *headers, b"", b""])


def post(*headers: bytes, body: bytes = b"", length: bytes = b"", target: bytes = b"/posts") -> bytes:
    length = length or b"%d" % len(body)
    lines = [b"POST " + target + b" HTTP/1.1", b"Host: 127.0.0.1", *headers, b"Content-Length: " + length]
    token = b"a" * 32
    lines += [b"Cookie: csrftoken=%s; sessionid=SESSION" % token, b"X-CSRFToken: " + token]
    return b"\r\n".join([*lines, b"", body])


def in_chunks(chunks: bytes) -> bytes:
    head = b"POST /posts HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + chunks


def parts(*heads: bytes) -> bytes:
    return b"".join(b"--x\r\n%s\r\n\r\nwords\r\n" % head for head in heads) + b"--x--\r\n"


def part(name: bytes, more: bytes = b"") -> bytes:
    return b'Content-Disposition: form-data; name="%s"%s' % (name, more)


REFUSED = {
    "events: too many parameters": (get(b"/live/events?place=nothing&" + MANY), 400),
    "events: bytes that are no text": (get(b"/live/events?place=%ff"), 400),
    "events: a NUL": (get(b"/live/events?place=%00"), 400),
    "events: too many threads": (get(b"/live/events?place=nothing&threads=" + b"1," * 5000), 400),
    "events: another host": (get(b"/live/events?place=nothing", host=b"elsewhere.example"), 400),
    "questions: too many parameters": (get(b"/live/missed?place=nothing&" + MANY), 400),
    "a page: too many parameters": (get(b"/explore?" + MANY), 400),
    "a page: a NUL in its path": (get(b"/%00"), 400),
    "a page: a NUL in a parameter": (get(b"/explore?q=%00"), 400),
    "a page: bytes that are no text": (get(b"/topics/%ff"), 404),
    "a page: half an escape": (get(b"/people/%zz"), 404),
    "another host": (get(b"/about", host=b"elsewhere.example"), 400),
    "a host that is no text": (get(b"/about", host=b"\xff\xfe"), 400),
    "two hosts": (get(b"/about", b"Host: other"), 400),
    "an old charset": (post(FORM + b"; charset=latin-1", body=b"text=%e9"), 400),
    "a charset that is no charset": (post(FORM + b"; charset=hex", body=b"text=zz"), 400),
    "too many fields": (post(FORM, body=b"&".join(b"a%d=1" % n for n in range(1100))), 400),
    "parts: broken": (post(PARTS, body=b"--x\r\nbroken"), 400),
    "a NUL in a header": (get(b"/about", b"Cookie: sessionid=x\0y"), 400),
    "a NUL that a cookie spells": (get(b"/about", rb'Cookie: a=b; sessionid="\000y"'), 400),
    "a cookie that spells a backslash": (get(b"/about", rb'Cookie: a="\\000y"'), 200),
    "a NUL in the name of a charset": (post(b"Content-Type: text/html; charset=\0", body=b"x"), 400),
    "parts: without a boundary": (post(b"Content-Type: multipart/form-data", body=b"x"), 400),
    "parts: too many files": (
        post(PARTS, body=parts(*[part(b"f%d" % n, b'; filename="a"') for n in range(150)])),
        400,
    ),
    "parts: too many fields": (post(PARTS, body=parts(*[part(b"f%d" % n) for n in range(1500)])), 400),
    "parts: a name that is too long": (post(PARTS, body=parts(part(b"a" * 5000))), 400),
}
TOO_LARGE = {
    "a page: a line that is too long": (get(b"/" + b"a" * 17_000), 414),
    "a page: a line without end": (get(b"/" + b"a" * 1_000_000), 414),
    "a header that is too long": (get(b"/", b"More: " + b"a" * 17_000), 431),
    "headers that are too long together": (get(b"/", *[b"More: " + b"a" * 100] * 300), 431),
    "too many headers": (get(b"/", *[b"More: x"] * 600), 431),
    "a body that is too large": (post(FORM, body=b"text=" + b"a" * MAX_BODY), 413),
    "a body that is announced too large": (post(FORM, length=b"99999999999"), 413),
    "a length of too many digits": (post(FORM, length=b"9" * 5000), 413),
    "a length of zeros": (post(FORM, length=b"0" * 5000), 413),
    "chunks that are too large": (in_chunks((b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 48), 413),
}
BROKEN_PART = post(PARTS, body=parts(b"Content-Disposition: form-data; name*=klingon''%ff"))
TAKEN = {
    "a cookie that is no text": (get(b"/about", b"Cookie: \xff=\xff; sessionid=\xff"), 200),
    "a body as large as there may be": (
        post(FORM, body=b"zone=UTC&more=" + b"a" * (MAX_BODY - 14), target=b"/settings/zone"),
        204,
    ),
    "a header of daphne that would move all links": (get(b"/about", b"Daphne-Root-Path: /about"), 200),
}
DAPHNES_HEADERS = {
    "where daphne should say that the site begins": (get(b"/about", b"Daphne-Root-Path: /\xff"), 200),
    "the same of a websocket": (get(b"/live", *SOCKET, b"Daphne-Root-Path: %ff"), 101),
    "a protocol that nobody speaks": (get(b"/live", *SOCKET, b"Sec-WebSocket-Protocol: \xff"), 101),
}


@pytest.fixture(scope="module")
def one(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(log=tmp_path_factory.mktemp("refused") / "log") as running:
        yield running


def status_of(one: Server, raw: bytes, session: str) -> int:
    raw = raw.replace(b"SESSION", session.encode())
    with connect(one.port) as asking, asking.makefile("rb") as answer:
        with contextlib.suppress(ConnectionError):  # it may be refused before all is sent
            asking.sendall(raw)
        line = answer.readline()
        return int(line.split()[1]) if line else 0


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_request_has_its_status_and_one_log_line(ada: Person, one: Server, name: str) -> None:
    raw, status = REFUSED[name]
    before = len(one.said)
    assert status_of(one, raw, session_of(ada)) == status
    assert status_of(one, get(b"/about"), "") == 200
    assert len(one.said) - before <= 1, one.said[before:]


@pytest.mark.parametrize("name", TAKEN)
def test_an_odd_but_harmless_request_is_accepted(ada: Person, one: Server, name: str) -> None:
    raw, status = TAKEN[name]
    before = len(one.said)
    assert status_of(one, raw, session_of(ada)) == status
    assert one.said[before:] == []


@pytest.mark.server
def test_a_request_that_is_too_large_has_its_status_in_the_log(ada: Person, one: Server) -> None:
    session, found = session_of(ada), {}
    for name, (raw, status) in TOO_LARGE.items():
        before = len(one.said)
        found[name] = status_of(one, raw, session)
        assert status_of(one, get(b"/about"), "") == 200, name
        wait_until(lambda before=before: len(one.said) > before, f"the log tells of: {name}")
        [line] = one.said[before:]
        assert f": {status} " in line, name
    assert found == {name: status for name, (_raw, status) in TOO_LARGE.items()}


@pytest.mark.server("daphne")
def test_a_form_part_in_an_unknown_charset_is_refused(ada: Person, one: Server) -> None:
    before = len(one.said)
    assert status_of(one, BROKEN_PART, session_of(ada)) == 400
    assert status_of(one, get(b"/about"), "") == 200
    assert len(one.said) - before <= 1, one.said[before:]


@pytest.mark.server
def test_headers_that_daphne_obeys_are_ignored(ada: Person, one: Server) -> None:
    session, before = session_of(ada), len(one.said)
    found = {name: status_of(one, raw, session) for name, (raw, _status) in DAPHNES_HEADERS.items()}
    assert found == {name: status for name, (_raw, status) in DAPHNES_HEADERS.items()}
    assert one.said[before:] == []


def test_no_header_moves_the_links_of_a_page(one: Server) -> None:
    with connect(one.port) as asking, asking.makefile("rb") as answer:
        asking.sendall(get(b"/about", b"Daphne-Root-Path: /elsewhere", b"Connection: close"))
        assert b"/elsewhere" not in answer.read()


@pytest.mark.parametrize("configured", [None, "/kith"])
async def test_where_the_site_begins_is_a_setting(settings: Any, configured: str | None) -> None:
    """A server may take the root path from its client, as daphne does."""
    settings.FORCE_SCRIPT_NAME = configured
    asking = HttpCommunicator(application, "GET", "/about", headers=[(b"host", b"127.0.0.1")])
    asking.scope["root_path"] = "https://elsewhere.example"
    answer = await asking.get_response(timeout=30)
    assert answer["status"] == 200
    assert b"elsewhere.example" not in answer["body"]
    assert (b'href="/kith/rules"' in answer["body"]) == (configured is not None)


def test_the_server_and_django_have_the_same_body_limit() -> None:
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE == MAX_BODY


def test_our_own_faults_keep_their_traceback() -> None:
    def kept(status: int | None) -> bool:
        why = (ValueError, ValueError(), None)
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "", (), why)
        if status is not None:
            record.status_code = status
        WithoutTraceback().filter(record)
        return record.exc_info is not None

    assert {status: kept(status) for status in (400, 413, 500, 503, None)} == {
        400: False,
        413: False,
        500: True,
        503: True,
        None: True,
    }
