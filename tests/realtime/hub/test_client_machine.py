"""Nothing missed, nothing twice, nothing that may not be seen: a page shows what a fresh load of it would."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import redis
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from feeds.reading import paging, streams
from network.actions import blocks, follows
from network.queries import discussions
from network.queries import messages as message_queries
from realtime.announcing import announcements, publisher
from realtime.connections.registry import Connection
from realtime.hub import counters, replay, subscription, switchboard
from realtime.hub.catch_up import CatchUp
from realtime.hub.switchboard import Switchboard
from realtime.protocol import messages
from realtime.visibility import invalidation
from realtime.visibility.filtering import receives
from tests.state_machines import DEEP, QUICK
from tests.state_machines.living import Living
from tests.support.realtime.loading import ALL

pytestmark = pytest.mark.django_db(transaction=True)

CHI, DAN = 2, 3  # Dan follows Chi


@pytest.fixture(autouse=True)
def small(valkey_server: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is long in life is short here, so that its ends are met; and pages have room for all."""
    monkeypatch.setattr(Living, "valkey", valkey_server, raising=False)
    missed = replay.load_replays
    monkeypatch.setattr(replay, "load_replays", lambda *args: Living.now.interrupted(missed, *args))
    monkeypatch.setattr(replay, "MOST_BYTES", 8000)
    monkeypatch.setattr(replay, "IN_A_PART", 3)
    monkeypatch.setattr(switchboard, "MOST_QUEUED", 5)
    monkeypatch.setattr(switchboard, "REMEMBERED", 4)
    monkeypatch.setattr(subscription, "LONGEST_PAUSE", 0.06)
    monkeypatch.setattr(counters, "GATHER", 0.02)
    monkeypatch.setattr(streams, "page", partial(paging.page, size=ALL))
    monkeypatch.setattr(discussions, "PAGE", ALL)
    monkeypatch.setattr(message_queries, "PAGE", ALL)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_pages_show_what_a_fresh_load_shows():
    run_state_machine_as_test(Living, settings=settings(QUICK, max_examples=3, stateful_step_count=50))


@pytest.mark.slow
def test_pages_show_what_a_fresh_load_shows_for_long():
    run_state_machine_as_test(Living, settings=DEEP)


# Faults, each with acts during which it shows.


def speak(living: Living) -> None:
    living.talk([(CHI, 0)], post=0, said=set())


def speak_after_a_block(living: Living) -> None:
    living.block(CHI, DAN, blocks.block)
    speak(living)
    living.rest()
    living.block(CHI, DAN, blocks.unblock)
    living.follow_person(DAN, CHI, follows.follow)
    living.rest()


def commit_late_while_away(living: Living) -> None:
    living.cut(DAN)
    living.commit_late(CHI, set(), seconds=20)
    living.come_back(DAN)


def speak_while_a_page_catches_up(living: Living) -> None:
    living.speak_while_it_reads(CHI, set(), sooner=False)
    living.load(1)


def speak_while_redis_is_away(living: Living) -> None:
    living.lose_redis()
    speak(living)


def take_back(living: Living) -> None:
    speak(living)
    living.load(1)
    living.rest()
    living.delete(0)


def change(living: Living) -> None:
    speak(living)
    living.load(1)
    living.rest()
    living.edit(0, {"gossip"}, "public", same=True)


async def deliver_at_once(board: Switchboard, message: messages.Message) -> None:
    for connection in board.connections.subscribed_to(message.channels):
        if receives(connection.rights, connection.place, message):
            await board.catch_up.send(connection, message.frame)


async def forget_what_waits(pages: CatchUp, connection: Connection, missed: replay.Replay | None) -> None:
    connection.queued = []
    await go_on(pages, connection, missed)


go_on = CatchUp._replay


def without(*ways: Callable[..., Any]) -> dict[str, tuple[Callable[..., Any], ...]]:
    return {
        type: tuple(way for way in known if way not in ways)
        for type, known in announcements.ABOUT_POSTS.items()
    }


FAULTS: dict[str, tuple[Callable[[Living], None], object, str, object]] = {
    "an announcement that nobody makes": (speak, publisher, "publish", lambda said: None),
    "an id drawn early and committed late": (commit_late_while_away, replay, "OVERLAP", timedelta()),
    "a page that is not held": (speak_after_a_block, Switchboard, "_deliver", deliver_at_once),
    "a page that forgets what waits": (
        speak_while_a_page_catches_up,
        CatchUp,
        "_replay",
        forget_what_waits,
    ),
    "rights that are not read again": (
        speak_after_a_block,
        invalidation,
        "whose_rights",
        lambda activity: (),
    ),
    "a loss that is not made up for": (
        speak_while_redis_is_away,
        replay,
        "load_replays",
        lambda pages: [replay.Replay() for _ in pages],
    ),
    "a removal that is not told": (take_back, announcements, "ABOUT_POSTS", without(announcements.gone)),
    "an edit that is not told": (change, announcements, "ABOUT_POSTS", without(announcements.changed)),
}


@pytest.fixture
def living(small: None) -> Iterator[Living]:
    machine = Living()
    try:
        machine.open_some()
        machine.check()
        yield machine
    finally:
        machine.forget()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught(living: Living, monkeypatch: pytest.MonkeyPatch, fault: str):
    acts, where, name, planted = FAULTS[fault]
    acts(living)
    living.check()
    monkeypatch.setattr("tests.support.realtime.pages.PATIENCE", 1.0)
    monkeypatch.setattr(where, name, planted)
    with pytest.raises(AssertionError):  # noqa: PT012
        acts(living)
        living.check()
