"""Several machines: a Redis master, workers and web servers die while people write and read through nginx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from playwright.sync_api import Browser

from commands.programs import NGINX, PGBOUNCER
from tests.support import postgresql
from tests.support.cluster import MASTERS
from tests.support.faults.crowd import PATIENCE, Crowd
from tests.support.faults.pair import Pair
from tests.support.machines import WEBS, Machines
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.nginx]

TOLD = "503 with a sentence"
FANS = 12_000  # two batches of a fan-out
FILL = f"""
from bench.cases import graph
from bench.support import filling
from network.models import Person
wanda = Person.objects.get(handle="wanda")
fans = filling.people({FANS})
filling.follows((fan, wanda.pk) for fan in fans)
filling.analyze()
graph.build(fans)
"""
COMPARE = """
from feeds.timelines import store
from network.models import Follow, Person, Publication
wanda = Person.objects.get(handle="wanda")
said = list(Publication.objects.filter(stream=wanda.pk).order_by("-activity").values_list("activity", flat=True))
fans = Follow.objects.filter(stream=wanda.pk, follower__user=None).values_list("follower", flat=True)
found = [found for fan in fans if (found := store.read(fan, 0))]
print([list(one.ids) == [id for id in said if id > one.floor] for one in found].count(False), "of", len(found))
"""
IN_THE_MIDDLE = "SELECT 1 FROM network_delivery WHERE kind = 'timelines' AND batch > 0"

Note = Callable[[str, object], None]


@contextmanager
def running(*, pooled: bool = False) -> Iterator[Machines]:
    if not NGINX.path:
        pytest.skip("There is no nginx: install it.")
    # Not tmp_path: the user of the database must have access, and no other run may delete the folder.
    with TemporaryDirectory(prefix="kith-machines-") as folder:
        made = Machines(Path(folder, "all"), postgresql.address(Path(folder, "postgresql")), pooled=pooled)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with running() as made:
        yield made


@pytest.fixture(scope="module")
def known(machines: Machines) -> Crowd:
    """A crowd. One of its people has very many more followers, all with a timeline."""
    made = Crowd(machines.address)
    machines.run("manage.py", "shell", "-v0", "-c", FILL)
    return made


@pytest.fixture
def crowd(known: Crowd, machines: Machines) -> Crowd:
    """The crowd, without the limits on how often people write: they are reset."""
    machines.valkey.flush()
    return known


def wait_for_the_middle_of_a_fan_out(machines: Machines) -> None:
    """Return when some of the followers have a post, and others do not."""
    with psycopg.connect(machines.database, autocommit=True) as connection:
        wait_until(
            lambda: connection.execute(IN_THE_MIDDLE).fetchone(), "a fan-out is in its middle", PATIENCE
        )


def ensure_all_is_right(machines: Machines, crowd: Crowd, note: Note, answers: set[str]) -> None:
    crowd.wait_until_all_is_right()
    with psycopg.connect(machines.database, autocommit=True) as connection:
        pending = "SELECT 1 FROM network_delivery"
        wait_until(lambda: not connection.execute(pending).fetchone(), "nothing is pending", PATIENCE)
    compared = machines.run("manage.py", "shell", "-v0", "-c", COMPARE)
    note("wrong timelines", compared)
    assert compared.startswith("0 of "), compared
    note("answers", dict(crowd.answers))
    assert set(crowd.answers) <= answers


def test_a_redis_master_dies_during_a_fan_out(
    machines: Machines, crowd: Crowd, record_property: Note
) -> None:
    cluster = machines.cluster
    victim = cluster.masters()[0]
    with crowd.at_work():
        wait_for_the_middle_of_a_fan_out(machines)
        victim.kill()
        wait_until(lambda: len(cluster.masters()) == MASTERS, "its replica is master", 30)
    ensure_all_is_right(machines, crowd, record_property, {"good"})
    victim.start()
    wait_until(cluster.is_whole, "it is a replica now", 30)


def test_workers_die_during_a_fan_out(machines: Machines, crowd: Crowd, record_property: Note) -> None:
    """One worker is left. It finishes what the others began."""
    with crowd.at_work():
        wait_for_the_middle_of_a_fan_out(machines)
        for number in (0, 1, 2):
            machines.kill(f"worker {number}")
    ensure_all_is_right(machines, crowd, record_property, {"good"})
    for number in (0, 1, 2):
        machines.start_worker(number)


def test_web_servers_die_one_after_the_other(machines: Machines, crowd: Crowd, record_property: Note) -> None:
    """A request in progress fails. The other server answers all other requests."""
    with crowd.at_work():
        for number in range(WEBS):
            machines.kill(f"web {number}")
            crowd.goes_on()
            machines.start_web(number)
            machines.wait_until_web_answers(number)
    ensure_all_is_right(machines, crowd, record_property, {"good", TOLD})


def test_a_restart_of_web_servers_causes_no_errors(
    machines: Machines, crowd: Crowd, record_property: Note
) -> None:
    with crowd.at_work():
        for number in (*range(WEBS), *range(WEBS)):
            machines.end(f"web {number}")
            crowd.goes_on()
            machines.start_web(number)
            machines.wait_until_web_answers(number)
    ensure_all_is_right(machines, crowd, record_property, {"good"})


@pytest.mark.browser
def test_an_open_page_continues_with_the_other_server(machines: Machines, chromium: Browser) -> None:
    pair = Pair(machines.address, chromium)
    try:
        pair.write("Through the proxy.")
        pair.wait_until_ben_sees("Through the proxy.")
        for number in range(WEBS):
            machines.kill(f"web {number}")
            pair.write(f"Without server {number}.")
            pair.wait_until_ben_sees(f"Without server {number}.")
            machines.start_web(number)
            machines.wait_until_web_answers(number)
        pair.wait_until_homes_are_alike()
    finally:
        pair.leave()


def test_homes_are_right_after_these_faults(machines: Machines, known: Crowd) -> None:
    everybody = list(known.people)
    assert "nothing differs" in machines.run("manage.py", "feeds", "check", *everybody)
    assert "nothing differs" in machines.run("manage.py", "feeds", "check", "--sample", "500")


@pytest.mark.pgbouncer
def test_through_pgbouncer() -> None:
    """Connections are shared by transaction, and the time limits apply to all of them."""
    if not PGBOUNCER.path:
        pytest.skip("There is no pgbouncer: install it.")
    with running(pooled=True) as machines:
        crowd = Crowd(machines.address)
        with crowd.at_work():
            machines.kill("worker 0")
            machines.end("web 0")
            crowd.goes_on()
        crowd.wait_until_all_is_right()
        assert set(crowd.answers) == {"good"}
        with psycopg.connect(machines.settings["DATABASE_URL"], autocommit=True) as connection:
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                assert connection.execute(f"SHOW {limit}").fetchone() == ("8s",)
