"""Open pages while Redis, web servers, writers and clocks fail: each page receives each post once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy as copied
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest
import redis
from django.conf import settings

from bench.support import crowds
from bench.support.sockets import Socket as CheapSocket
from bench.support.sockets import Sockets, watch
from tests.support import postgresql
from tests.support.cluster import free_ports
from tests.support.faults.crowd import PATIENCE, READERS, WRITERS, pages
from tests.support.faults.hurting import suspended
from tests.support.faults.open_pages import OpenPage
from tests.support.faults.people import Someone
from tests.support.faults.stage import Stage
from tests.support.realtime.sockets import server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

PAGES = 3  # for each reader
STALL = 7  # seconds: longer than the time limit of Redis (realtime/hub/subscription.py)
CROWD, MISSED = 1000, 10
SKEWS = (600, -600)

# A writer whose process dies after the commit and before the announcement.
DYING = """
import os, signal
from network.actions import posts
from network.actions.drafts import Draft
from network.models import Person
from network.signals import activity_recorded
activity_recorded.send = lambda **kwargs: os.kill(os.getpid(), signal.SIGKILL)
posts.publish(Person.objects.get(handle="wanda"), Draft("With the last breath."))
"""


@pytest.fixture(scope="module")
def stage(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(copy, tmp_path_factory.mktemp("stage"))
    yield made
    made.end()


@pytest.fixture
def watching(stage: Stage) -> Iterator[dict[str, list[OpenPage]]]:
    """Open pages of each reader. The limits on how often people write are reset."""
    stage.memory.flush()
    with ExitStack() as closing:
        made: dict[str, list[OpenPage]] = {}
        for reader in READERS:
            made[reader] = []
            for _ in range(PAGES):
                made[reader].append(OpenPage(stage.port, stage.crowd.people[reader].session))
                closing.callback(made[reader][-1].close)
        yield made


def restart(stage: Stage) -> None:
    stage.memory.kill()
    stage.crowd.goes_on()
    stage.memory.start()


def flush(stage: Stage) -> None:
    for _time in range(3):
        stage.memory.flush()
        stage.crowd.goes_on()


def pause(stage: Stage) -> None:
    """Redis keeps its connections, and does not answer."""
    with redis.Redis.from_url(stage.memory.url) as client:
        client.client_pause(STALL * 1000)
    stage.crowd.goes_on()
    wait_until(lambda: answers(stage), "it answers again", 2 * STALL)


def freeze(stage: Stage) -> None:
    """The whole process is stopped, as on a machine that swaps."""
    until = time.monotonic() + STALL
    with suspended([psutil.Process(stage.memory.process.pid)]):
        wait_until(lambda: time.monotonic() > until, "the stall is over", 2 * STALL)


def answers(stage: Stage) -> bool:
    with redis.Redis.from_url(stage.memory.url, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def cut_pages(stage: Stage) -> None:
    """Close the connections of all subscribers, several times."""
    for _time in range(5):
        with redis.Redis.from_url(stage.memory.url) as client:
            client.client_kill_filter(_type="pubsub")
        stage.crowd.goes_on()


def stored(stage: Stage) -> dict[str, set[str]]:
    return {writer: set(pages(stage.crowd.people[writer], f"/people/{writer}")) for writer in WRITERS}


@pytest.mark.parametrize(
    "fault", [restart, flush, pause, freeze, cut_pages], ids=lambda fault: fault.__name__
)
def test_open_pages_receive_all_posts_during_faults_of_redis(
    stage: Stage, watching: dict[str, list[OpenPage]], fault: Callable[[Stage], None]
) -> None:
    before = stored(stage)
    with stage.crowd.at_work():
        fault(stage)
    said = {writer: posts - before[writer] for writer, posts in stored(stage).items()}
    for reader, writers in READERS.items():
        right, known = (set().union(*(of[writer] for writer in writers)) for of in (said, before))
        for page in watching[reader]:
            wait_until(
                lambda page=page, right=right: set(page.received) >= right,
                f"{reader} has everything",
                PATIENCE,
            )  # type: ignore[misc]
            assert {post: page.received[post] for post in right} == dict.fromkeys(right, 1)
            older = known | stage.crowd.acknowledged[reader]
            assert set(page.received) - right <= older, "other posts are older, and a page drops these"
            assert page.reloads == 0
            assert page.losses == 0, "the page's own socket is never lost"


def test_a_post_is_announced_if_its_process_died_after_the_commit(
    stage: Stage, watching: dict[str, list[OpenPage]]
) -> None:
    before = stored(stage)["wanda"]
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", DYING]
    died = subprocess.run(command, cwd=Path(stage.command[1]).parents[1], env=stage.settings, check=False)
    assert died.returncode == -signal.SIGKILL
    [post] = stored(stage)["wanda"] - before
    for page in watching["rosa"]:
        wait_until(lambda page=page: page.received[post], "the sweeper announces it", PATIENCE)  # type: ignore[misc]
    assert [page.received[post] for page in watching["rosa"]] == [1] * PAGES


@pytest.mark.django_db(transaction=True)
def test_a_thousand_pages_reconnect_at_once_and_receive_all_posts(
    record_property: Callable[[str, object], None],
) -> None:
    [port] = free_ports(1)
    crowd = crowds.gather(CROWD)
    sockets = Sockets(watch(crowds.now()), at_once=CROWD)
    try:
        sockets.count(b'"ready"')
        with server(port=port) as first:
            assert sockets.open(CheapSocket(port, key) for key in crowd.keys)
            assert sockets.until(lambda: sockets.heard == CROWD)
            sockets.come_back = True
            first.process.kill()
            assert sockets.until(lambda: sockets.opened == 0)
        said = [crowd.say().pk for _ in range(MISSED)]
        sockets.count(b'"ready"')
        with server(port=port):
            began = time.monotonic()
            assert sockets.until(lambda: sockets.heard >= CROWD, PATIENCE), sockets.codes
            record_property("seconds until all were back", round(time.monotonic() - began, 1))
            sockets.linger(1)
            assert all(one.came() == dict.fromkeys(said, 1) for one in sockets.all)
            assert not sockets.codes, "nobody is refused"
    finally:
        sockets.close()


class TwoClocks:
    """Two web servers on one PostgreSQL. The clock of one of them is wrong."""

    def __init__(self, folder: Path, skew: int) -> None:
        self.ports = free_ports(2)
        self.addresses = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.closing = ExitStack()
        shared = {
            "DATABASE_URL": postgresql.address(folder / "postgresql"),
            "KITH_VAR": str(folder / "var"),
            "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": "tests.support.faults.skewed",
        }
        prepare = [sys.executable, "-m", "commands.prepare"]
        subprocess.run(prepare, cwd=settings.ROOT, env=os.environ | shared | {"SKEW": "0"}, check=True)
        for port, wrong in zip(self.ports, (0, skew), strict=True):
            self.closing.enter_context(server(port=port, **shared, SKEW=str(wrong)))


def wait_until_all_is_told(open_pages: list[OpenPage], said: list[str]) -> None:
    for page in open_pages:
        wait_until(lambda page=page: set(page.received) >= set(said), "everything is received", PATIENCE)  # type: ignore[misc]


@pytest.mark.parametrize("skew", SKEWS)
def test_pages_receive_all_posts_from_servers_with_different_clocks(skew: int) -> None:
    """People write at both servers, and each page connects again to the other server."""
    with TemporaryDirectory(prefix="kith-clocks-") as folder, ExitStack() as closing:
        two = TwoClocks(Path(folder), skew)
        closing.enter_context(two.closing)
        wanda, rosa = (Someone(two.addresses[0], handle).sign_up() for handle in ("wanda", "rosa"))
        rosa.follow("wanda")
        there = copied(wanda)
        there.address = two.addresses[1]
        open_pages = [OpenPage(port, rosa.session) for port in two.ports]
        for page in open_pages:
            closing.callback(page.close)
        said = []
        for number in range(6):
            said.append((wanda, there)[number % 2].write(f"While they are there: {number}."))
        wait_until_all_is_told(open_pages, said)
        for writer in (wanda, there):
            for page in open_pages:
                page.port = two.ports[page.port == two.ports[0]]
                page.go_away()
            said += [writer.write(f"While they are away: {number}.") for number in range(2)]
            for page in open_pages:
                page.come_back()
            wait_until_all_is_told(open_pages, said)
        assert [dict(page.received) for page in open_pages] == [dict.fromkeys(said, 1)] * 2
        assert not any(page.reloads for page in open_pages)
