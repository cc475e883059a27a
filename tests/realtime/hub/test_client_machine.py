"""A live page shows what a fresh load shows: nothing missing, nothing twice, nothing that is not allowed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
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
from realtime.hub import replay
from realtime.hub.catch_up import CatchUp
from realtime.hub.switchboard import Switchboard
from realtime.protocol import messages
from realtime.visibility import invalidation
from realtime.visibility.filtering import receives
from tests.state_machines import DEEP, QUICK
from tests.state_machines.live import LiveMachine
from tests.support.realtime.loading import ALL

pytestmark = pytest.mark.django_db(transaction=True)

CHI, DAN = 2, 3  # Dan follows Chi


@pytest.fixture(autouse=True)
def small(valkey_server: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Interrupt replays, and let pages have room for everything."""
    monkeypatch.setattr(LiveMachine, "valkey", valkey_server, raising=False)
    load = replay.load_replays
    monkeypatch.setattr(replay, "load_replays", lambda *args: LiveMachine.now.interrupted(load, *args))
    monkeypatch.setattr(streams, "page", partial(paging.page, size=ALL))
    monkeypatch.setattr(discussions, "PAGE", ALL)
    monkeypatch.setattr(message_queries, "PAGE", ALL)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def test_pages_show_what_a_fresh_load_shows():
    run_state_machine_as_test(LiveMachine, settings=settings(QUICK, max_examples=3, stateful_step_count=50))


@pytest.mark.slow
def test_pages_show_what_a_fresh_load_shows_for_long():
    run_state_machine_as_test(LiveMachine, settings=DEEP)


# Planted faults, each with acts that show it.


def speak(machine: LiveMachine) -> None:
    machine.publish_several([(CHI, 0)], post=0, said=set())


def speak_after_a_block(machine: LiveMachine) -> None:
    machine.block(CHI, DAN, blocks.block)
    speak(machine)
    machine.rest()
    machine.block(CHI, DAN, blocks.unblock)
    machine.follow_person(DAN, CHI, follows.follow)
    machine.rest()


def commit_late_while_away(machine: LiveMachine) -> None:
    machine.cut(DAN)
    machine.commit_late(CHI, set(), seconds=20)
    machine.come_back(DAN)


def speak_while_a_page_catches_up(machine: LiveMachine) -> None:
    machine.publish_during_a_replay(CHI, set(), sooner=False)
    machine.load(1)


def speak_while_redis_is_away(machine: LiveMachine) -> None:
    machine.lose_redis()
    speak(machine)


def take_back(machine: LiveMachine) -> None:
    speak(machine)
    machine.load(1)
    machine.rest()
    machine.delete(0)


def change(machine: LiveMachine) -> None:
    speak(machine)
    machine.load(1)
    machine.rest()
    machine.edit(0, {"gossip"}, "public", same=True)


async def deliver_at_once(board: Switchboard, message: messages.Message) -> None:
    for connection in board.connections.subscribed_to(message.channels):
        if receives(connection.rights, connection.place, message):
            await board.send(connection, message.frame)


async def drop_the_queue(catch_up: CatchUp, connection: Connection, found: replay.Replay | None) -> None:
    connection.queued = []
    await send_replay(catch_up, connection, found)


send_replay = CatchUp._send_replay


def without(*builders: Callable[..., Any]) -> dict[str, tuple[Callable[..., Any], ...]]:
    return {
        type: tuple(build for build in known if build not in builders)
        for type, known in announcements.BUILDERS.items()
    }


FAULTS: dict[str, tuple[Callable[[LiveMachine], None], object, str, object]] = {
    "an announcement that is not published": (speak, publisher, "publish", lambda messages: None),
    "an id drawn early and committed late": (commit_late_while_away, replay, "earlier", lambda id, by: id),
    "a page that is not paused": (speak_after_a_block, Switchboard, "_deliver", deliver_at_once),
    "a page that drops its queue": (
        speak_while_a_page_catches_up,
        CatchUp,
        "_send_replay",
        drop_the_queue,
    ),
    "rights that are not loaded again": (
        speak_after_a_block,
        invalidation,
        "people_affected_by",
        lambda activity: (),
    ),
    "a replay that has nothing": (
        speak_while_redis_is_away,
        replay,
        "load_replays",
        lambda requests, limits: [replay.Replay() for _ in requests],
    ),
    "a removal that is not announced": (take_back, announcements, "BUILDERS", without(announcements.gone)),
    "an edit that is not announced": (change, announcements, "BUILDERS", without(announcements.changed)),
}


@pytest.fixture
def machine(small: None) -> Iterator[LiveMachine]:
    machine = LiveMachine()
    try:
        machine.open_some()
        machine.check()
        yield machine
    finally:
        machine.forget()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught(machine: LiveMachine, monkeypatch: pytest.MonkeyPatch, fault: str):
    acts, where, name, planted = FAULTS[fault]
    acts(machine)
    machine.check()
    monkeypatch.setattr("tests.support.realtime.pages.PATIENCE", 1.0)
    monkeypatch.setattr(where, name, planted)
    with pytest.raises(AssertionError):  # noqa: PT012
        acts(machine)
        machine.check()
