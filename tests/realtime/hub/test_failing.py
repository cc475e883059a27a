"""A failure while pages catch up leaves none of them paused: each catches up later, or is closed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NoReturn

import pytest
from asgiref.sync import sync_to_async as off
from django.db import OperationalError

from network.models import Person
from realtime.hub import replay, subscription
from realtime.hub.replay import Replay, ReplayRequest
from realtime.hub.switchboard import Switchboard
from realtime.limits import Limits
from realtime.protocol.close_codes import Close
from realtime.visibility import rights
from realtime.visibility.rights import Rights
from tests.support import factories
from tests.support.realtime.pages import open_page


class Failing:
    """`rights.load`, which fails at the first call."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def __call__(self, people: Collection[int]) -> dict[int, Rights]:
        error, self.error = self.error, None
        if error is not None:
            raise error
        return load(people)


load, load_replays = rights.load, replay.load_replays


async def test_pages_wait_for_a_database_that_does_not_answer(
    ada: Person, ben: Person, board: Switchboard, monkeypatch: pytest.MonkeyPatch
):
    await off(factories.follow)(ben, ada)
    home = await open_page(board, ben, "home")
    monkeypatch.setattr(rights, "load", Failing(OperationalError("gone away")))
    board.catch_up.refresh(list(board.connections))
    post = await off(factories.post)(ada)
    assert (await home.next("entry"))["post"] == str(post.pk)


async def test_pages_that_cannot_catch_up_are_closed_and_no_other_waits(
    ada: Person, ben: Person, board: Switchboard, monkeypatch: pytest.MonkeyPatch
):
    pages = [await open_page(board, person, "home") for person in (ada, ben)]
    monkeypatch.setattr(rights, "load", Failing(ValueError("a fault of ours")))
    board.catch_up.refresh(list(board.connections))
    assert [await page.closed() for page in pages] == [Close.FAILED, Close.FAILED]
    await open_page(board, ben, "home")


async def test_a_replay_that_fails_delays_no_other_page(
    ada: Person, ben: Person, board: Switchboard, monkeypatch: pytest.MonkeyPatch
):
    def not_for_ada(requests: Sequence[ReplayRequest], limits: Limits) -> list[Replay]:
        if any(request.rights.person == ada.pk for request in requests):
            raise ValueError("a fault of ours")
        return load_replays(requests, limits)

    hers, his = [await open_page(board, person, "home") for person in (ada, ben)]
    monkeypatch.setattr(replay, "load_replays", not_for_ada)
    board.catch_up.refresh(list(board.connections))
    assert await hers.closed() == Close.FAILED
    await his.ready()


async def test_counters_wait_for_a_database_that_does_not_answer(
    ada: Person, ben: Person, board: Switchboard, monkeypatch: pytest.MonkeyPatch
):
    root = await off(factories.post)(ada)
    page = await open_page(board, None, "nothing", threads=(root.pk,))
    failed: list[Collection[int]] = []

    def fail(posts: Collection[int]) -> NoReturn:
        failed.append(posts)
        monkeypatch.undo()
        raise OperationalError("gone away")

    monkeypatch.setattr("realtime.hub.counters.loading.load_visibility", fail)
    board.counters.counts_changed([root.pk])
    assert (await page.next("counts"))["post"] == str(root.pk)
    assert failed


def test_the_delay_before_a_new_attempt_is_bounded():
    assert 0 < subscription.retry_delay(100_000, longest=5.0) <= 5.0
