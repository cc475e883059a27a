"""Several machines: from a POST through nginx to the last timeline in a cluster, compared with one worker.

All machines are processes of this one, so more workers are faster only up to its cores; see docs/scale.md.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import django

from bench import ROUNDS, Case, Report
from bench.cases.fanout import BURST, engine
from bench.cases.latency import send, session
from bench.support import cpu, postgresql
from commands.environment import Stop
from commands.programs import NGINX

if TYPE_CHECKING:
    from bench.support.full import Town
    from tests.support.machines import Machines

SIZES = (10_000, 100_000)


@dataclass
class Run:
    """The seconds until the last timeline has a post, and entries a second."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)


def main(report: Report) -> None:
    if not NGINX.provide():
        raise Stop("There is no nginx here: install it.")
    sizes = tuple(size // 10 for size in SIZES) if report.quick else SIZES
    with running() as machines:
        django.setup()
        from bench.support.full import Town

        towns = [Town(size) for size in sizes]
        for town in towns:
            town.let_sign_in()
        report.note("4 workers, a cluster of 3 masters and 3 replicas, 2 web servers, nginx, PostgreSQL")
        many = measure(report, machines, towns)
        machines.shrink()
        use(machines.valkey.url)
        for town in towns:
            town.fill()
        report.note("1 worker, 1 Valkey, 2 web servers, nginx, PostgreSQL")
        one = measure(report, machines, towns)
    baseline = "1 worker, 1 Valkey"
    for size in sizes:
        report.add(Case(f"scale.{size}", "s", many.seconds[size], baseline, one.seconds[size]))
    report.add(Case("scale.rate", "entries/s", many.rates, baseline, one.rates))


@contextmanager
def running() -> Iterator[Machines]:
    """Start all machines. This process uses their settings too."""
    from tests.support.machines import Machines

    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        database = Path(folder, "postgresql")
        machines = Machines(Path(folder, "all"), postgresql.address(database))
        os.environ |= machines.settings
        try:
            machines.start()
            yield machines
        finally:
            machines.stop()
            os.environ.clear()
            os.environ.update(before)


def measure(report: Report, machines: Machines, towns: list[Town]) -> Run:
    from bench.support.full import is_pending

    run = Run()
    for town in towns:
        key = session(town.author)

        def post(key: str = key) -> float:
            started = time.perf_counter()
            said = send(machines.port, key, f"Low water at {time.time()}.")
            while is_pending([said]):
                time.sleep(0.001)
            return time.perf_counter() - started

        post()
        run.seconds[len(town.followers)] = [post() for _ in range(ROUNDS)]
    town, followers = towns[-1], len(towns[-1].followers)
    run.rates = [engine(town, followers) for _ in range(ROUNDS)]
    parts = machines.parts | {"PostgreSQL": [postgresql.pid(machines.folder.parent / "postgresql")]}
    cpu.price(report, parts, BURST * followers, lambda: engine(town, followers))
    if wrong := sum(town.wrong() for town in towns):
        report.note(f"{wrong:,} timelines of {1000 * len(towns):,} are wrong.")
        report.holds = False
    return run


def use(url: str) -> None:
    """Use the timelines at this URL, in this process too."""
    from django.conf import settings

    from feeds.timelines import shards

    settings.TIMELINES_REDIS_URL = url
    shards.client.cache_clear()
    shards.script.cache_clear()
