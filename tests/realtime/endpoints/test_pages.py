"""The bridge from ASGI to Django's WSGI handler: what it passes on, in threads that stay."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import translation

from network.models import Person
from realtime.asgi import application
from realtime.endpoints.pages import BLOCK, Pages, environ
from realtime.endpoints.threads import Threads
from tests.support.realtime.pages import session_of

Headers = list[tuple[bytes, bytes]]
StartThreads = Callable[[int], Threads]


@pytest.fixture
def threads() -> Iterator[StartThreads]:
    """Makes threads that end with the test."""
    made: list[Threads] = []

    def make(most: int) -> Threads:
        made.append(Threads(most, most))
        return made[-1]

    yield make
    for threads in made:
        threads.end()


@pytest.fixture
def session(ada: Person) -> str:
    return session_of(ada)


def scope(path: str = "/", headers: Headers | None = None, **values: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": "",
        "query_string": b"",
        "http_version": "1.1",
        "headers": headers or [],
        **values,
    }


async def answer(
    app: Any, *bodies: bytes, headers: Headers | None = None, path: str = "/", **values: Any
) -> list[Any]:
    """All ASGI messages of the answer to a request with this body, in chunks."""
    asking = ApplicationCommunicator(app, scope(path, headers, **values))
    chunks = bodies or (b"",)
    for place, body in enumerate(chunks, start=1):
        await asking.send_input({"type": "http.request", "body": body, "more_body": place < len(chunks)})
    messages = [await asking.receive_output(30)]
    while messages[-1]["type"] == "http.response.start" or messages[-1].get("more_body"):
        messages.append(await asking.receive_output(30))
    await asking.wait(30)
    return messages


def environment(**values: Any) -> dict[str, Any]:
    return environ(scope(**values), BytesIO())


def test_headers_become_variables() -> None:
    found = environment(
        headers=[
            (b"host", b"kith.example"),
            (b"content-type", b"text/plain"),
            (b"accept", b"a"),
            (b"accept", b"b"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"x-name", "é".encode("latin-1")),
        ],
        client=["192.0.2.1", 4000],
    )
    assert found["HTTP_HOST"] == "kith.example"
    assert found["CONTENT_TYPE"] == "text/plain"
    assert found["HTTP_ACCEPT"] == "a,b"
    assert found["HTTP_COOKIE"] == "a=1; b=2"
    assert found["HTTP_X_NAME"] == "é"
    assert found["REMOTE_ADDR"] == "192.0.2.1"


def test_a_header_cannot_pose_as_another_or_as_a_variable() -> None:
    found = environment(
        headers=[
            (b"x_forwarded_for", b"192.0.2.9"),
            (b"x-forwarded-for", b"192.0.2.1"),
            (b"remote-addr", b"192.0.2.9"),
            (b"script-name", b"/elsewhere"),
            (b"wsgi.url-scheme", b"https"),
            (b"content-length", b"1000"),
        ]
    )
    assert found["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert "REMOTE_ADDR" not in found
    assert found["SCRIPT_NAME"] == ""
    assert found["wsgi.url_scheme"] == "http"
    assert found["CONTENT_LENGTH"] == "0"


def test_an_address_keeps_its_letters_and_loses_where_the_site_begins() -> None:
    found = environment(path="/kith/topics/zoë", root_path="/kith", query_string="q=ë%20".encode())
    assert found["PATH_INFO"].encode("latin-1").decode() == "/topics/zoë"
    assert found["QUERY_STRING"].encode("latin-1").decode() == "q=ë%20"


async def test_a_body_in_chunks_has_the_length_that_was_read(threads: StartThreads) -> None:
    def echo(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("X-Length", environ["CONTENT_LENGTH"])])
        return closing([environ["wsgi.input"].read()], [])

    start, body = await answer(Pages(echo, threads(1)), b"one, ", b"two")
    assert start["headers"] == [(b"x-length", b"8")]
    assert body == {"type": "http.response.body", "body": b"one, two"}


@pytest.mark.django_db(transaction=True)
async def test_a_cookie_is_set_without_a_space_before_it() -> None:
    headers = [(b"host", b"127.0.0.1"), (b"cookie", b"sessionid=unknown")]
    start, _body = await answer(application, path="/about", headers=headers)
    [cookie] = [value for name, value in start["headers"] if name == b"set-cookie"]
    assert cookie.startswith(b"sessionid=")


async def test_a_client_that_goes_before_the_end_of_its_request_runs_nothing(threads: StartThreads) -> None:
    ran: list[bool] = []
    asking = ApplicationCommunicator(Pages(lambda *_: ran.append(True), threads(1)), scope())
    await asking.send_input({"type": "http.request", "body": b"half", "more_body": True})
    await asking.send_input({"type": "http.disconnect"})
    await asking.wait(30)
    assert ran == []
    assert await asking.receive_nothing()


async def test_a_long_answer_is_sent_in_blocks_and_closed(threads: StartThreads) -> None:
    closed: list[bool] = []
    chunks = [b"x" * (BLOCK // 2)] * 5

    def long(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return closing(chunks, closed)

    start, *blocks = await answer(Pages(long, threads(1)))
    assert [len(block["body"]) for block in blocks] == [BLOCK, BLOCK, BLOCK // 2]
    assert start["status"] == 200
    assert closed == [True]


async def test_a_failing_application_is_for_the_server_to_answer_and_frees_its_thread(
    threads: StartThreads,
) -> None:
    closed: list[bool] = []

    def failing(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        if environ["PATH_INFO"] == "/late":
            return closing([b"", ValueError("late")], closed)
        raise ValueError("at once")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        raise AssertionError(message)

    pages = Pages(failing, threads(1))
    for path, words in (("/late", "late"), ("/", "at once"), ("/", "at once")):
        with pytest.raises(ValueError, match=words):
            await pages(scope(path), receive, send)
    assert closed == [True]


async def test_no_more_threads_than_allowed_work_at_once(threads: StartThreads) -> None:
    here, at_once = threading.Semaphore(0), [0, 0]
    lock, leave = threading.Lock(), threading.Event()

    def slow(environ: dict[str, Any], start_response: Any) -> Any:
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
        here.release()
        leave.wait(30)
        with lock:
            at_once[0] -= 1
        start_response("200 OK", [])
        return closing([b""], [])

    pages = Pages(slow, threads(2))
    asking = asyncio.gather(*(answer(pages) for _ in range(5)))
    await asyncio.to_thread(lambda: [here.acquire(timeout=30) for _ in range(2)])
    leave.set()
    assert len(await asking) == 5
    assert at_once[1] == 2


async def test_a_request_that_waits_for_a_thread_is_dropped_when_its_client_goes(
    threads: StartThreads,
) -> None:
    began, leave, ran = threading.Semaphore(0), threading.Event(), []

    def slow(environ: dict[str, Any], start_response: Any) -> Any:
        ran.append(environ["PATH_INFO"])
        began.release()
        leave.wait(30)
        start_response("200 OK", [])
        return closing([b""], [])

    pages = Pages(slow, threads(1))
    first = asyncio.ensure_future(answer(pages, path="/first"))
    assert await asyncio.to_thread(began.acquire, timeout=30)
    gone = ApplicationCommunicator(pages, scope("/gone"))
    await gone.send_input({"type": "http.request"})
    await gone.send_input({"type": "http.disconnect"})
    await gone.wait(30)
    last = asyncio.ensure_future(answer(pages, path="/last"))
    leave.set()
    assert [messages[0]["status"] for messages in (await first, await last)] == [200, 200]
    assert ran == ["/first", "/last"]
    assert pages.running == 0


async def test_a_view_that_runs_is_not_called_off_when_its_client_goes(threads: StartThreads) -> None:
    """It reads its body to the end, also where another request waits for its thread."""
    began, leave, bodies = threading.Semaphore(0), threading.Event(), []

    def slow(environ: dict[str, Any], start_response: Any) -> Any:
        began.release()
        leave.wait(30)
        bodies.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return closing([b""], [])

    pages = Pages(slow, threads(1))
    pages.running = 1  # as if it had waited
    going = ApplicationCommunicator(pages, scope("/going"))
    await going.send_input({"type": "http.request", "body": b"all of it"})
    assert await asyncio.to_thread(began.acquire, timeout=30)
    await going.send_input({"type": "http.disconnect"})
    leave.set()
    await going.wait(30)
    assert bodies == [b"all of it"]


async def test_what_one_request_sets_is_gone_for_the_next_in_its_thread(threads: StartThreads) -> None:
    seen: list[str] = []

    def speaking(environ: dict[str, Any], start_response: Any) -> Any:
        seen.append(translation.get_language())
        translation.activate("de")
        start_response("200 OK", [])
        return closing([b""], [])

    pages = Pages(speaking, threads(1))
    await answer(pages)
    await answer(pages)
    assert seen == ["en", "en"]


@pytest.mark.django_db(transaction=True)
async def test_a_thread_keeps_its_connection_to_the_database(threads: StartThreads) -> None:
    seen: list[Any] = []
    django = get_wsgi_application()

    def looking(environ: dict[str, Any], start_response: Any) -> Any:
        connection.ensure_connection()
        seen.append(connection.connection)
        return django(environ, start_response)

    pages = Pages(looking, threads(1))
    for _ in range(2):
        start, _body = await answer(pages, path="/about", headers=[(b"host", b"127.0.0.1")])
        assert start["status"] == 200
    first, second = seen
    if connection.vendor == "sqlite" or settings.DATABASES["default"]["OPTIONS"].get("pool"):
        assert first is second


@pytest.mark.django_db(transaction=True)
async def test_a_person_reads_a_page(ada: Person, session: str) -> None:
    headers = [(b"host", b"127.0.0.1"), (b"cookie", f"sessionid={session}".encode())]
    _start, *blocks = await answer(application, path=f"/@{ada.handle}", headers=headers)
    assert ada.name.encode() in b"".join(block["body"] for block in blocks)


class closing:  # noqa: N801 - used as a function
    """An iterable of WSGI that says when it was closed. An exception among its chunks is raised."""

    def __init__(self, chunks: list[Any], closed: list[bool]) -> None:
        self.chunks, self.closed = chunks, closed

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    def close(self) -> None:
        self.closed.append(True)
