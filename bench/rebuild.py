"""Building a timeline from the database: 800 entries from 300 streams, on PostgreSQL and on SQLite.

All publications are in the streams that the reader follows, which is where a join over follows is at its best
or at its worst, as the planner guesses.
"""

from __future__ import annotations

import os

import django

from bench import Report
from bench.running import again, kith

PUBLICATIONS = 1_000_000


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
    from bench import filling
    from bench.baselines import joins
    from bench.read import milliseconds
    from feeds import newest, timelines
    from feeds.feed import Feed
    from network.models import Person

    number = PUBLICATIONS // (10 if report.quick else 1)
    streams = filling.people(300)
    reader = Person.objects.get(pk=filling.people(1)[0])
    filling.follows((reader.pk, stream) for stream in streams)
    filling.publications(streams, number)
    filling.analyze()
    if newest.followed(Feed(reader), timelines.KEPT) != joins.newest(reader, timelines.KEPT):
        raise RuntimeError("The two ways do not find the same entries.")
    report.note(f"{timelines.KEPT} entries of {number:,} publications in {len(streams)} streams")
    report.compare(
        f"rebuild.{which}",
        lambda: milliseconds(lambda: newest.followed(Feed(reader), timelines.KEPT)),
        lambda: milliseconds(lambda: joins.newest(reader, timelines.KEPT), 5),
        unit="ms",
        baseline="ORDER BY ... LIMIT over a join on follows",
        at_most=0.2 if which == "postgresql" else None,
    )
