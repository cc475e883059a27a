"""`bin/run` starts all processes, and stops all of them."""

import os
import re
import signal
import stat
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.commands.conftest import Running, all_gone
from tests.support.waiting import wait_until

PARTS = ("valkey-server", "realtime.server", "worker", "beat")

Start = Callable[..., Running]


def status(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=10) as answer:
        return int(answer.status)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_serves_pages_and_only_its_owner_can_read_the_data(ready: Start, port: int, var: Path) -> None:
    ready()
    assert status(port) == 200
    assert [mode(var), mode(var / "valkey" / "socket")] == [0o700, 0o700]
    assert [mode(var / "secret_key"), mode(var / "kith.sqlite3")] == [0o600, 0o600]
    with redis.Redis.from_url((var / "valkey" / "url").read_text()) as client:
        assert client.config_get("maxmemory-policy", "list-max-listpack-size") == {
            "maxmemory-policy": "noeviction",
            "list-max-listpack-size": "-1",
        }


def test_it_stops_all_processes_and_starts_again_quickly(
    ready: Start, port: int, var: Path, record_property: Callable[[str, object], None]
) -> None:
    for name, sent in (("first", signal.SIGINT), ("second", signal.SIGTERM)):
        running = ready()
        assert status(port) == 200
        assert ("Preparing" in running.said) == (name == "first")
        family = running.family()
        assert all(running.parts(part) for part in PARTS)
        asked = time.monotonic()
        running.process.send_signal(sent)
        assert running.process.wait(60) == 0
        record_property(f"seconds to the {name} stop", round(time.monotonic() - asked, 1))
        assert all_gone(family)
        found = re.search(r"ready \((.*) s\)", running.said)
        assert found
        record_property(f"seconds to the {name} start", found[1])


@pytest.mark.parametrize(
    "part",
    ["beat", pytest.param("worker", marks=pytest.mark.slow), pytest.param("realtime.server", marks=pytest.mark.slow),
     pytest.param("valkey-server", marks=pytest.mark.slow)],
)  # fmt: skip
def test_if_a_part_dies_it_stops_all_and_says_so(prepared: None, ready: Start, part: str) -> None:
    running = ready()
    family = running.family()
    running.parts(part)[0].kill()
    assert running.process.wait(60) == 1
    assert "has ended by itself" in running.said.splitlines()[-1]
    assert all_gone(family)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_no_process_is_left_when_it_is_killed(prepared: None, ready: Start) -> None:
    running = ready()
    family = running.family()
    running.process.kill()
    wait_until(lambda: all_gone(family), "every process to end", 60)


@pytest.mark.slow
def test_it_works_in_a_folder_whose_path_is_too_long_for_a_socket(
    ready: Start, tmp_path: Path, port: int
) -> None:
    deep = tmp_path / ("deep" * 25)
    ready(KITH_VAR=str(deep))
    assert status(port) == 200
    socket = Path((deep / "valkey" / "url").read_text().removeprefix("unix://"))
    assert len(os.fsencode(socket)) < 104
    assert mode(socket.parent) == 0o700
