"""Redis dies, loses its data, stalls or is full, and workers die, while people write and read.

Tasks also arrive twice and in another order.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis

from tests.commands.conftest import all_gone
from tests.support.faults.hurting import suspended
from tests.support.faults.stage import Stage
from tests.support.servers import OwnValkey
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

STALL = 2  # seconds
TINY = "1mb"  # less than an empty Valkey needs, so it is full
QUEUE = "celery"


@pytest.fixture(scope="module")
def stage(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(copy, tmp_path_factory.mktemp("stage"))
    yield made
    made.end()


def kill_memory(stage: Stage) -> None:
    stage.memory.kill()
    stage.crowd.goes_on()
    stage.memory.start()


def kill_broker(stage: Stage) -> None:
    """What is committed meanwhile cannot be sent to a worker."""
    stage.broker.kill()
    stage.crowd.goes_on()
    stage.broker.start()


def flush(stage: Stage) -> None:
    for _time in range(3):
        stage.memory.flush()
        stage.broker.flush()
        stage.crowd.goes_on()


def stall(stage: Stage) -> None:
    until = time.monotonic() + STALL
    with suspended([psutil.Process(valkey.process.pid) for valkey in (stage.memory, stage.broker)]):
        wait_until(lambda: time.monotonic() > until, "the stall is over")


def fill(stage: Stage) -> None:
    """Neither Valkey accepts more data."""
    for valkey in (stage.memory, stage.broker):
        limit(valkey, TINY)
    stage.crowd.goes_on()
    for valkey in (stage.memory, stage.broker):
        limit(valkey, "0")


def evict(stage: Stage) -> None:
    """Both delete their oldest keys, the queue and timelines, when data arrives."""
    for valkey in (stage.memory, stage.broker):
        limit(valkey, TINY, "allkeys-lru")
    stage.crowd.goes_on()
    stage.crowd.goes_on()
    for valkey in (stage.memory, stage.broker):
        limit(valkey, "0", "noeviction")


def limit(valkey: OwnValkey, size: str, policy: str = "noeviction") -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.config_set("maxmemory-policy", policy)
        client.config_set("maxmemory", size)


def shuffle(stage: Stage) -> None:
    """Stop the workers for some time, then give them each task twice, in random order."""
    with suspended(stage.running.parts("worker")), redis.Redis.from_url(stage.broker.url) as broker:
        for _time in range(3):
            stage.crowd.goes_on()
        waiting = broker.lrange(QUEUE, 0, -1)
        assert len(waiting) > 3
        doubled = [*waiting, *map(again, waiting)]
        random.shuffle(doubled)
        broker.pipeline().delete(QUEUE).rpush(QUEUE, *doubled).execute()


def again(message: bytes) -> str:
    """The same task with another tag, as if it was sent once more."""
    task = json.loads(message)
    task["properties"]["delivery_tag"] = secrets.token_hex(16)
    return json.dumps(task)


def kill_hands(stage: Stage) -> None:
    """Kill the child processes of the worker while they run tasks."""
    for _time in range(3):
        _first, *hands = stage.running.parts("worker")
        with suspended(hands):
            stage.crowd.goes_on()
            for hand in hands:
                hand.kill()
            wait_until(lambda hands=hands: all_gone(hands), "they are dead")  # type: ignore[misc]


@pytest.mark.parametrize(
    "fault",
    [kill_memory, kill_broker, flush, stall, fill, evict, shuffle, kill_hands],
    ids=lambda f: f.__name__,
)
def test_nothing_is_lost_and_reading_continues(
    stage: Stage, fault: Callable[[Stage], None], record_property: Callable[[str, object], None]
) -> None:
    crowd = stage.crowd
    with crowd.at_work():
        fault(stage)
    began = time.monotonic()
    crowd.wait_until_all_is_right()
    record_property("answers", dict(crowd.answers))
    record_property("seconds until all was right", round(time.monotonic() - began, 1))
    assert set(crowd.answers) == {"good"}, stage.running.said


@pytest.mark.parametrize("part", ["realtime.server", "worker"])
def test_a_part_dies_under_load_and_kith_is_started_again(stage: Stage, part: str) -> None:
    crowd = stage.crowd
    with crowd.at_work():
        stage.running.parts(part)[0].kill()
        assert stage.running.process.wait(30) == 1
        stage.start()
    crowd.wait_until_all_is_right()
    assert not any(answer.startswith("5") for answer in crowd.answers), stage.running.said
