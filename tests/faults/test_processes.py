"""Processes die and start again. All posts are stored, and are in every home that should have them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial

import psutil
import pytest
import redis

from tests.commands.conftest import Running, all_gone
from tests.support.faults.hurting import suspended
from tests.support.faults.people import Someone
from tests.support.waiting import wait_until

FOLLOWERS = 4
PATIENCE = 60  # seconds: the sweeper runs every 15 seconds

Start = Callable[..., Running]


class Town:
    """A writer, their followers, and the writer's posts, newest first."""

    def __init__(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}"
        self.writer = Someone(address, "writer").sign_up()
        self.followers = [Someone(address, f"reader{number}").sign_up() for number in range(FOLLOWERS)]
        self.written: list[str] = []
        for follower in self.followers:
            follower.follow("writer")

    def write(self, text: str) -> None:
        self.written.insert(0, self.writer.write(text))

    def wait_until_all_is_right(self) -> None:
        for someone in (self.writer, *self.followers):
            wait_until(partial(self.is_right_for, someone), f"{someone.handle}'s home is right", PATIENCE)

    def is_right_for(self, someone: Someone) -> bool:
        return someone.home() == self.written


@pytest.fixture
def town(running: Running, port: int) -> Town:
    made = Town(port)
    made.write("Before anything went wrong.")
    made.wait_until_all_is_right()
    return made


def test_killed_workers_are_replaced_and_nothing_is_lost(running: Running, town: Town) -> None:
    _first, *hands = running.parts("worker")
    with suspended(hands):
        town.write("Taken up by a worker that never ends it.")
        for hand in hands:
            hand.kill()
    town.write("Written while others took over.")
    town.wait_until_all_is_right()


def test_nothing_is_lost_when_valkey_loses_its_data(town: Town, valkey: redis.Redis) -> None:
    valkey.flushall()
    town.write("Written to a blank memory.")
    town.wait_until_all_is_right()
    valkey.flushall()
    town.wait_until_all_is_right()
    town.write("And after it.")
    town.wait_until_all_is_right()


@pytest.mark.slow
def test_pending_deliveries_are_done_after_all_processes_were_killed(
    ready: Start, running: Running, town: Town
) -> None:
    worker = running.parts("worker")
    family = running.family()
    with suspended(worker):
        town.write("Owed to everybody.")
        running.process.kill()
        for process in reversed(family):
            if process.is_running():
                process.kill()
    psutil.wait_procs(family, 20)
    ready()
    town.wait_until_all_is_right()
    town.write("And life goes on.")
    town.wait_until_all_is_right()


@pytest.mark.slow
@pytest.mark.parametrize("part", ["worker", "beat", "realtime.server"])
def test_a_part_dies_and_kith_is_started_again(ready: Start, running: Running, town: Town, part: str) -> None:
    town.write("Just before.")
    running.parts(part)[0].kill()
    assert running.process.wait(30) == 1
    ready()
    town.wait_until_all_is_right()


@pytest.mark.slow
def test_no_process_is_left_after_ctrl_c(running: Running, town: Town) -> None:
    town.write("The last word.")
    family = running.family()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    assert all_gone(family)
