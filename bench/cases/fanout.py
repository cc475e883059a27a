"""Fan-out into full timelines: the whole engine, compared with Redis alone and with the common way.

The engine publishes a burst of posts by one author. The time is from the first commit to the last timeline,
through database, Celery and Lua. The first baseline only writes packed commands to Redis. The second one is
redis-py's pipeline of ZADD and ZREMRANGEBYRANK. Neither of them reads followers from a database.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from functools import partial

import django

from bench import Case, Report
from bench.baselines import lists
from bench.support import cpu, postgresql
from bench.support.running import kith, start_worker
from commands.environment import Stop

FOLLOWERS = 50_000
BURST = 5
ZSETS = 10_000  # with as many entries each as a timeline; a larger number would only take more memory


def main(report: Report) -> None:
    followers = FOLLOWERS // 10 if report.quick else FOLLOWERS
    with kith(on_postgresql=True) as (processes, folder):
        django.setup()
        from bench.support.full import Town, bytes_of
        from feeds.timelines import shards, store

        town = Town(followers)
        zsets = lists.fill_zsets(shards.client(), ZSETS // 10 if report.quick else ZSETS, store.KEPT)
        raw = lists.fill_lists(shards.client(), followers, store.KEPT)
        start_worker(processes, folder)
        report.note(
            f"{followers:,} timelines of {store.KEPT}, bursts of {BURST} posts; PostgreSQL, 2 workers"
        )
        ours = partial(engine, town, followers)
        compare = partial(report.compare, unit="entries/s")
        limit, usual = (
            partial(lists.push, raw, BURST),
            partial(lists.add, shards.client(), zsets, BURST * followers),
        )
        ours()
        compare("fanout.engine", ours, limit, baseline="packed LPUSHX alone", at_least=0.5)
        compare("fanout.zset", ours, usual, baseline="pipeline of ZADD and trim", at_least=2.5)
        parts = {
            "workers": [processes.running["The worker"].pid],
            "Valkey": [processes.running["Valkey"].pid],
            "PostgreSQL": [postgresql.pid(folder / "postgresql")],
        }
        cpu.price(report, parts, BURST * followers, ours)
        wrong = town.wrong()
        report.add(Case("fanout.right", "wrong timelines of 1,000", [float(wrong)], "none", [1.0], at_most=0))
        size = bytes_of(shards.client(), store.key(random.choice(town.followers)))
        length = shards.client().llen(store.key(town.followers[0]))
        zset = bytes_of(shards.client(), zsets[0]) / store.KEPT
        report.add(Case("fanout.bytes", "bytes an entry", [size / length], "a zset", [zset], at_most=0.16))


def engine(town: object, followers: int) -> float:
    """Publish a burst of posts. Returns entries a second."""
    from bench.support.full import is_pending
    from network.actions import posts
    from network.actions.drafts import Draft

    started = time.perf_counter()
    said: Sequence[int] = [
        posts.publish(town.author, Draft(f"Low water at {time.time()}")).pk  # type: ignore[attr-defined]
        for _ in range(BURST)
    ]
    deadline = started + 120
    while is_pending(list(said)):
        if time.perf_counter() > deadline:
            raise Stop("The worker did not finish within two minutes.")
        time.sleep(0.005)
    return BURST * followers / (time.perf_counter() - started)
