"""A response without a body is sent without one. Otherwise a client reads the body as the next response."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from network.models import Person
from tests.support import factories
from tests.support.addresses import addresses
from tests.support.realtime.pages import session_of
from tests.support.realtime.sockets import Server, connect, server

pytestmark = pytest.mark.django_db(transaction=True)

NEXT = "GET", "/rules"


@pytest.fixture(scope="module")
def one(django_db_setup: None) -> Iterator[Server]:
    with server("small_chunks") as running:
        yield running


@contextlib.contextmanager
def connection(one: Server, session: str = "") -> Iterator[Connection]:
    with connect(one.port) as raw, raw.makefile("rwb") as file:
        yield Connection(file, session)


class Connection:
    """One kept connection. Responses are read as a proxy reads them: by the method of the request and by the head."""

    def __init__(self, file: BinaryIO, session: str) -> None:
        self.file, self.session = file, session

    def ask(self, method: str, path: str, *, body: str = "", **headers: str) -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: sessionid={self.session}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body else []
        self.file.write("\r\n".join([*lines, "", body]).encode())
        self.file.flush()

    def head(self) -> tuple[int, dict[str, str]]:
        version, status = self.file.readline(70_000).split(b" ")[:2]
        assert version == b"HTTP/1.1", f"This begins no answer: {version[:60]!r}"
        lines = iter(lambda: self.file.readline().decode("latin-1").strip().lower(), "")
        return int(status), dict(line.split(": ", 1) if ": " in line else (line, "") for line in lines)

    def answer(self, method: str) -> tuple[int, dict[str, str], bytes]:
        status, headers = self.head()
        if method == "HEAD" or status < 200 or status in (204, 304):
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            return status, headers, b"".join(iter(self.chunk, b""))
        return status, headers, self.file.read(int(headers["content-length"]))

    def chunk(self) -> bytes:
        size = int(self.file.readline(), 16)
        return self.file.read(size + 2)[:size]

    def is_in_step(self) -> bool:
        self.ask(*NEXT)
        status, _headers, body = self.answer("GET")
        return status == 200 and b"House rules" in body


def test_head_of_every_route_has_no_body(ada: Person, one: Server) -> None:
    others = [("static", "/static/kith.css"), ("events", "/live/events?place=nothing"), ("none", "/nowhere")]
    places = [*addresses(ada), *others]
    for session in (session_of(ada), ""):
        with connection(one, session) as asking:
            for name, address in places:
                asking.ask("HEAD", address)
                status, headers, _none = asking.answer("HEAD")
                assert status < 500, name
                assert name == "events" or "transfer-encoding" not in headers, name
                assert asking.is_in_step(), name


@pytest.mark.server("uvicorn")
def test_head_of_a_stream_has_no_transfer_encoding(ada: Person, one: Server) -> None:
    for session in (session_of(ada), ""):
        with connection(one, session) as asking:
            asking.ask("HEAD", "/live/events?place=nothing")
            _status, headers, _none = asking.answer("HEAD")
            assert "transfer-encoding" not in headers


def test_the_words_of_a_page_never_become_a_response(ada: Person, one: Server) -> None:
    """The page has words of a person that look like a response."""
    post = factories.post(ada)
    said = "HTTP/1.1 302 Found\nLocation: https://elsewhere.example/\n\n"
    for _ in range(3):
        factories.comment(ada, post, f"```\n{said}```")
    with connection(one) as asking:
        asking.ask("HEAD", f"/posts/{post.pk}")
        status, headers, _none = asking.answer("HEAD")
        assert (status, int(headers["content-length"]) > 1000) == (200, True)
        assert asking.is_in_step()


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(one: Server, status: int) -> None:
    with connection(one) as asking:
        asking.ask("GET", f"/says/{status}")
        found, headers, _none = asking.answer("GET")
        assert found == status
        assert not headers.keys() & {"content-length", "transfer-encoding"}
        assert asking.is_in_step()


@pytest.mark.parametrize("status", [100, 103, 199])
def test_an_informational_status_becomes_500(one: Server, status: int) -> None:
    with connection(one) as asking:
        asking.ask("GET", f"/says/{status}")
        assert asking.answer("GET")[0] == 500
        assert asking.is_in_step()


def test_a_redirect_for_htmx_and_an_unchanged_file_have_no_body(one: Server) -> None:
    with connection(one) as asking:
        asking.ask("GET", "/saved", HX_Request="true")
        assert asking.answer("GET")[0] == 204
        assert asking.is_in_step()
        asking.ask("GET", "/static/kith.css")
        _status, headers, _body = asking.answer("GET")
        asking.ask("GET", "/static/kith.css", If_Modified_Since=headers["last-modified"])
        assert asking.answer("GET")[0] == 304
        assert asking.is_in_step()


def test_100_continue_has_no_body(one: Server) -> None:
    with connection(one) as asking:
        asking.ask("POST", "/posts", Expect="100-continue", Content_Length="3")
        assert asking.head() == (100, {})
        asking.file.write(b"a=b")
        asking.file.flush()
        assert asking.answer("POST")[0] == 403  # it has no token
        assert asking.is_in_step()


def test_head_of_a_stream_does_not_begin_it(ada: Person, one: Server) -> None:
    with connection(one, session_of(ada)) as asking:
        asking.ask("HEAD", "/live/events?place=home")
        status, headers, _none = asking.answer("HEAD")
        assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert asking.is_in_step()


def test_head_sets_no_cookie(one: Server) -> None:
    """Otherwise it would remove the messages that the next page has to show."""
    with connection(one) as asking:
        asking.ask("HEAD", "/accounts/login/")
        assert "set-cookie" not in asking.answer("HEAD")[1]
        asking.ask("GET", "/accounts/login/")
        assert "set-cookie" in asking.answer("GET")[1]
