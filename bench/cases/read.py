"""Reading a page of home as data, with many followed streams; and pulled streams compared with pushed ones.

A page is ids, rights, threads without repetition, the content of each post, and the reader's own marks. All
publications are in the streams that the reader follows, 60% are comments, and threads are heavy-tailed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import django

from bench import ROUNDS, Case, Report
from bench.support.running import kith

PUBLICATIONS = 1_000_000
TIMES = 20
FOLLOWED = 300
QUERIES = 4


def main(report: Report) -> None:
    size = 10 if report.quick else 1
    with kith(on_postgresql=True):
        django.setup()
        from bench.support import filling
        from network.models import Person

        streams = filling.people(2000)
        usual, wide, small = (Person.objects.get(pk=id) for id in filling.people(3))
        few = filling.people(10)
        filling.follows(
            [(usual.pk, stream) for stream in streams[:FOLLOWED]]
            + [(wide.pk, stream) for stream in streams]
            + [(small.pk, stream) for stream in few]
        )
        filling.publications(streams[:FOLLOWED], PUBLICATIONS // size, seed=1)
        filling.publications(streams[FOLLOWED:], 20_000 // size, seed=2)
        filling.publications(few, 10_000 // size, seed=3)
        filling.analyze()
        report.note(
            f"{PUBLICATIONS // size:,} publications in {FOLLOWED} streams; median of {TIMES} pages a round"
        )
        measure_home(report, usual)
        report.compare(
            "read.growth",
            lambda: milliseconds(lambda: page(wide)),
            lambda: milliseconds(lambda: page(small)),
            unit="ms",
            baseline=f"10 followed streams with {10_000 // size:,} publications, beside 2,000 with all",
            at_most=1.3,
        )
        measure_pulled(report, usual, streams[:12])
        draw_curve(report, usual, streams[:FOLLOWED])


def measure_home(report: Report, reader: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.baselines import homes

    if page(reader) != homes.page(reader):
        raise RuntimeError("The two ways do not give the same page.")
    with CaptureQueriesContext(connection) as asked:
        page(reader)
    report.add(Case("read.queries", "queries", [len(asked)], "the most allowed", [QUERIES], at_most=1))
    report.compare(
        "read.home",
        lambda: milliseconds(lambda: page(reader)),
        lambda: milliseconds(lambda: homes.page(reader), 3),
        unit="ms",
        baseline="one join from scratch",
        at_most=0.15,
    )


def measure_pulled(report: Report, reader: Any, streams: list[int]) -> None:
    """Measure the same page while twelve of the most active streams are pulled."""
    from network import ids
    from network.models import Stream

    def with_pushed_from(place: int) -> float:
        Stream.objects.filter(pk__in=streams).update(pushed_from=place)
        return milliseconds(lambda: page(reader))

    report.compare(
        "read.pulled",
        lambda: with_pushed_from(ids.MAX),
        lambda: with_pushed_from(0),
        unit="ms",
        baseline="the same, pushed",
        at_most=1.5,
    )


def draw_curve(report: Report, reader: Any, streams: list[int]) -> None:
    """Measure a page by the number of pulled streams. docs/scale.md compares this with the cost of a push."""
    from network import ids
    from network.models import Stream

    for pulled in (0, 12, 75, len(streams)):
        Stream.objects.filter(pk__in=streams[:pulled]).update(pushed_from=ids.MAX)
        took = min(milliseconds(lambda: page(reader)) for _ in range(ROUNDS))
        report.note(f"{pulled} of {len(streams)} streams pulled: a page takes {took:.1f} ms")
    Stream.objects.filter(pk__in=streams).update(pushed_from=0)


def page(reader: Any) -> list[tuple[int, str, bool]]:
    """The first page of a home: the entry of each thread, its text, and whether the reader saved it."""
    from feeds.reading import home
    from network.queries.showing import show

    found = home.slots(reader).entries
    shown = show(reader, [entry.post for entry in found])
    return [(entry.id, shown[entry.post].post.html, shown[entry.post].marks.saved) for entry in found]  # type: ignore[union-attr]


def milliseconds(act: Callable[[], Any], times: int = TIMES) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[times // 2]
