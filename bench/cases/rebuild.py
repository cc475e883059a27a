"""Rebuilding a timeline from the database: 800 entries of 300 streams, on PostgreSQL and on SQLite.

The reader first follows all publications, then one in thirty. The baseline, a join over follows, depends much
on this, because the planner estimates the number of rows.
"""

from __future__ import annotations

import os
from typing import Any

import django

from bench import Case, Report
from bench.support.running import again, kith

PUBLICATIONS = 1_000_000
FOLLOWED = 300


def main(report: Report) -> None:
    which = os.environ.get("KITH_BENCH_DATABASE")
    if which is None:
        for database in ("postgresql", "sqlite"):
            again(report, "rebuild", {"KITH_BENCH_DATABASE": database})
        return
    with kith(on_postgresql=which == "postgresql"):
        django.setup()
        measure(report, which)


def measure(report: Report, which: str) -> None:
    from bench.support import filling
    from network.models import Person

    number = PUBLICATIONS // (10 if report.quick else 1)
    dense, sparse = (Person.objects.get(pk=id) for id in filling.people(2))
    streams = filling.people(FOLLOWED)
    filling.follows((dense.pk, stream) for stream in streams)
    filling.publications(streams, number)
    filling.analyze()
    report.note(f"{number:,} publications in {FOLLOWED} streams, all followed")
    compare(report, f"rebuild.{which}", dense, at_most=0.2 if which == "postgresql" else None)
    if which != "postgresql":
        return
    look_at_plans(report, dense, streams[0])
    others = filling.people(30 * FOLLOWED)
    filling.follows((sparse.pk, stream) for stream in others[::30])
    filling.publications(others, number, seed=2)
    filling.analyze()
    report.note(f"As many again in {len(others):,} streams, one in thirty followed")
    compare(report, f"rebuild.{which}.sparse", sparse)


def look_at_plans(report: Report, reader: Any, loud: int) -> None:
    """Note the steps of rebuilding and of selecting followers that do not use the indexes of large tables."""
    from django.db.models import Q

    from bench.support import filling
    from bench.support.plans import costly_steps
    from feeds.feed import Feed
    from feeds.timelines import fanout, merge, store

    filling.follows((follower, loud) for follower in filling.people(5 * fanout.FOLLOWERS_A_BATCH))
    filling.analyze()
    for case, act in (
        ("rebuild.plan", lambda: merge.followed(Feed(reader), store.KEPT)),
        ("fanout.plan", lambda: fanout.next_feeds([loud], Q(), 0)),
    ):
        steps = costly_steps(act)
        for step in steps:
            report.note(f"{case}: {step}")
        report.add(Case(case, "costly steps", [float(len(steps))], "none", [1.0], at_most=0))


def compare(report: Report, case: str, reader: Any, at_most: float | None = None) -> None:
    from bench.baselines import joins
    from bench.cases.read import milliseconds
    from feeds.feed import Feed
    from feeds.timelines import merge, store

    if merge.followed(Feed(reader), store.KEPT) != joins.newest(reader, store.KEPT):
        raise RuntimeError("The two ways do not find the same entries.")
    least = milliseconds(lambda: joins.straight(store.KEPT))
    report.note(f"{store.KEPT} ids directly from an index, without follows: {least:.2f} ms")
    report.compare(
        case,
        lambda: milliseconds(lambda: merge.followed(Feed(reader), store.KEPT)),
        lambda: milliseconds(lambda: joins.newest(reader, store.KEPT), 5),
        unit="ms",
        baseline="ORDER BY ... LIMIT over a join on follows",
        at_most=at_most,
    )
