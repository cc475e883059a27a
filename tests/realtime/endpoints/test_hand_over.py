"""A process that is asked to end closes its pages first, with the code at which they connect to another process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from network.models import Person
from realtime.endpoints.hand_over import HandOver
from realtime.endpoints.websocket import live
from realtime.hub.switchboard import Switchboard
from realtime.protocol.close_codes import Close
from tests.support.realtime.pages import open_page, until


@pytest.fixture
def servers_own() -> Iterator[list[int]]:
    """The SIGTERM handler of a server: the signals that it got."""
    got: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: got.append(number))
    yield got
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
async def lifespan(board: Switchboard, servers_own: list[int]) -> AsyncIterator[ApplicationCommunicator]:
    """A server that has started the application."""
    application = HandOver(partial(live, switchboard=board), lambda: board)
    communicator = ApplicationCommunicator(application, {"type": "lifespan"})
    await communicator.send_input({"type": "lifespan.startup"})
    assert await communicator.receive_output(5) == {"type": "lifespan.startup.complete"}
    yield communicator
    communicator.stop(exceptions=False)


async def test_at_sigterm_pages_are_closed_before_the_server_hears_of_it(
    ada: Person, board: Switchboard, lifespan: ApplicationCommunicator, servers_own: list[int]
) -> None:
    pages = [await open_page(board, ada, "home") for _ in range(3)]
    signal.raise_signal(signal.SIGTERM)
    assert servers_own == []
    for page in pages:
        assert await page.closed() == Close.ENDING
    await until(lambda: servers_own == [signal.SIGTERM], "the server ends")


async def test_a_page_that_comes_while_the_process_ends_is_sent_away(
    ada: Person, board: Switchboard, lifespan: ApplicationCommunicator, servers_own: list[int]
) -> None:
    signal.raise_signal(signal.SIGTERM)
    await until(lambda: servers_own, "all are handed over")
    assert await (await open_page(board, ada)).closed() == Close.ENDING


async def test_a_second_sigterm_is_the_servers(
    board: Switchboard,
    lifespan: ApplicationCommunicator,
    servers_own: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = asyncio.Event()

    async def never_done() -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(board, "hand_over", never_done)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(begun.wait(), 5)
    signal.raise_signal(signal.SIGTERM)
    assert servers_own == [signal.SIGTERM]


async def test_a_server_that_ends_without_a_signal_ends_its_pages(
    ada: Person, board: Switchboard, lifespan: ApplicationCommunicator
) -> None:
    page = await open_page(board, ada, "home")
    await lifespan.send_input({"type": "lifespan.shutdown"})
    assert await page.closed() == Close.ENDING
    assert await lifespan.receive_output(5) == {"type": "lifespan.shutdown.complete"}
    await lifespan.wait(5)


async def test_a_server_without_lifespan_is_served_from_its_first_request_on(
    board: Switchboard, servers_own: list[int]
) -> None:
    seen: list[dict[str, Any]] = []

    async def inside(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)

    application = HandOver(inside, lambda: board)
    before = signal.getsignal(signal.SIGTERM)
    await application({"type": "http"}, None, None)  # type: ignore[arg-type]
    assert seen == [{"type": "http"}]
    assert signal.getsignal(signal.SIGTERM) is not before
