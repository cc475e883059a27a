"""The threads of pages: few calls begin at once, and another beside each that takes long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from realtime.endpoints.pages import Pages
from realtime.endpoints.threads import Threads
from tests.support.waiting import PATIENCE, wait_until


class Calls:
    """Calls that say when they begin, and wait until they may end."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.leave = threading.Event()

    def make(self, number: int) -> str:
        self.began.append(number)
        assert self.leave.wait(PATIENCE)
        return threading.current_thread().name


@pytest.fixture
def calls() -> Iterator[Calls]:
    calls = Calls()
    yield calls
    calls.leave.set()


@pytest.fixture
def threads(calls: Calls) -> Iterator[Threads]:
    threads = Threads(3, 1)
    yield threads
    calls.leave.set()
    threads.end()


def test_a_call_begins_when_the_one_before_has_ended_in_the_same_thread(
    threads: Threads, calls: Calls
) -> None:
    made = [threads.submit(lambda number=number: calls.make(number)) for number in range(4)]
    wait_until(lambda: calls.began, "the first call")
    assert calls.began == [0]
    calls.leave.set()
    assert len({future.result(PATIENCE) for future in made}) == 1
    assert calls.began == [0, 1, 2, 3]


def test_another_call_begins_beside_one_that_takes_long(threads: Threads, calls: Calls) -> None:
    for number in range(5):
        threads.submit(lambda number=number: calls.make(number))
    for number in range(3):  # there are three threads
        wait_until(lambda number=number: threads.relieve() or len(calls.began) > number, "another call")
    threads.relieve()
    assert calls.began == [0, 1, 2]


def test_a_call_that_took_long_lets_one_other_begin_and_no_more(calls: Calls) -> None:
    threads = Threads(4, 1)
    slow = threads.submit(lambda: calls.make(0))
    wait_until(calls.began.copy, "the slow call")
    fast = threading.Event(), threading.Event()
    second = threads.submit(lambda: fast[0].wait(PATIENCE))
    wait_until(lambda: threads.relieve() or second.running(), "the call beside it")
    calls.leave.set()
    slow.result(PATIENCE)
    third = threads.submit(lambda: fast[1].wait(PATIENCE))
    fast[0].set()
    wait_until(third.running, "the next call")
    fourth = threads.submit(lambda: None)
    assert not fourth.running()
    assert not fourth.done()
    fast[1].set()
    fourth.result(PATIENCE)
    threads.end()


def test_calls_that_may_wait_hold_no_place(threads: Threads, calls: Calls) -> None:
    for number in range(2):  # of three threads
        threads.submit(lambda number=number: calls.make(number), may_wait=True)
    wait_until(lambda: len(calls.began) == 2, "both have begun")
    assert threads.submit(lambda: "read").result(PATIENCE) == "read"
    calls.leave.set()


def test_an_error_is_raised_where_the_result_is_awaited_and_frees_the_place(threads: Threads) -> None:
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(PATIENCE)
    assert threads.submit(lambda: 1).result(PATIENCE) == 1


def test_a_call_that_was_cancelled_is_not_made(threads: Threads, calls: Calls) -> None:
    first = threads.submit(lambda: calls.make(0))
    dropped = threads.submit(lambda: calls.make(1))
    assert dropped.cancel()
    last = threads.submit(lambda: calls.make(2))
    calls.leave.set()
    assert first.result(PATIENCE) == last.result(PATIENCE)
    assert calls.began == [0, 2]


def test_the_end_waits_for_calls_and_begins_those_that_wait(calls: Calls) -> None:
    threads = Threads(2, 1)
    made = [threads.submit(lambda number=number: calls.make(number)) for number in range(3)]
    ending = threading.Thread(target=threads.end)
    ending.start()
    wait_until(lambda: len(calls.began) == 2, "the second call")
    assert ending.is_alive()
    calls.leave.set()
    ending.join(PATIENCE)
    assert not ending.is_alive()
    assert all(future.done() for future in made)


async def test_a_write_that_waits_does_not_hold_up_pages_at_all(threads: Threads, calls: Calls) -> None:
    methods: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        methods.append(environ["REQUEST_METHOD"])
        if environ["REQUEST_METHOD"] == "POST":
            calls.make(0)
        start_response("200 OK", [])
        return Body()

    pages = Pages(application, threads)
    with mock.patch.object(threads, "relieve"):  # it would let others begin, but later
        writing = [asyncio.ensure_future(ask(pages, "/save", "POST")) for _number in range(2)]
        await asyncio.to_thread(wait_until, lambda: len(calls.began) == 2, "both writes")
        assert await asyncio.wait_for(ask(pages, "/page"), PATIENCE) == [200]
    calls.leave.set()
    assert await asyncio.gather(*writing) == [[200], [200]]
    assert methods == ["POST", "POST", "GET"]


async def test_a_page_that_waits_does_not_hold_up_the_others(threads: Threads, calls: Calls) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/slow":
            calls.make(0)
        start_response("200 OK", [])
        return Body()

    pages = Pages(application, threads)
    slow = asyncio.ensure_future(ask(pages, "/slow"))
    await asyncio.to_thread(wait_until, calls.began.copy, "the slow page")
    assert await asyncio.wait_for(ask(pages, "/fast"), PATIENCE) == [200]
    assert not slow.done()
    calls.leave.set()
    assert await asyncio.wait_for(slow, PATIENCE) == [200]


class Body(list[bytes]):
    def close(self) -> None:
        pass


async def ask(pages: Pages, path: str, method: str = "GET") -> list[int]:
    """The status of a page."""
    found: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        if "status" in message:
            found.append(message["status"])

    scope = {"method": method, "path": path, "root_path": "", "query_string": b"", "headers": []}
    await pages(scope | {"http_version": "1.1"}, receive, send)
    return found
