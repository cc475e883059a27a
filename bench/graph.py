"""A real social graph: all homes after 20,000 simulated acts, held against an oracle.

KITH_GRAPH names the edge list. Everybody's timeline is there before the first act; what the worker pushes
meanwhile is what the homes are read from. With --quick: 1,000 acts, and every tenth home.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable

import django

from bench import Case, Report
from bench.running import kith, manage, start_worker
from commands.environment import Stop

ACTS = 20_000
BY_CURSOR = 100  # homes that are read page by page as well
EVERYTHING = 100_000  # entries: more than any home here has


def main(report: Report) -> None:
    path = os.environ.get("KITH_GRAPH", "")
    if not path:
        raise Stop("Name an edge list in KITH_GRAPH; each edge is two follows.")
    acts = ACTS // 20 if report.quick else ACTS
    with kith() as (processes, folder):
        began = time.monotonic()
        manage("import_graph", path)
        imported = time.monotonic()
        django.setup()
        people = list(everybody())
        build(people)
        start_worker(processes, folder)
        started = time.monotonic()
        manage("simulate", "--acts", str(acts), "--rate", "0", "--seed", "1")
        simulated = time.monotonic()
        wait_until_nothing_is_owed()
        delivered = time.monotonic()
        report.note(f"{len(people):,} people imported in {imported - began:.0f} s")
        report.note(
            f"{acts:,} acts in {simulated - started:.0f} s ({acts / (simulated - started):.0f} a second); "
            f"the last was delivered {delivered - simulated:.1f} s later"
        )
        compare(report, people[:: 10 if report.quick else 1])


def everybody() -> Iterable[int]:
    from network.models import Person

    return Person.objects.order_by("pk").values_list("pk", flat=True)


def build(people: list[int]) -> None:
    """Everybody reads their home once, so that every timeline is there."""
    from feeds import home
    from network.models import Person

    for number, person in enumerate(Person.objects.filter(pk__in=people).iterator()):
        home.rebuild(person)
        progress(number, len(people), "timelines built")


def wait_until_nothing_is_owed(seconds: float = 600) -> None:
    from network.models import Delivery

    deadline = time.monotonic() + seconds
    while Delivery.objects.exists():
        if time.monotonic() > deadline:
            raise Stop(f"{Delivery.objects.count()} deliveries are still owed after {seconds:.0f} s.")
        time.sleep(0.1)


def compare(report: Report, people: list[int]) -> None:
    """Every home, whole, against the oracle; and how many were answered from Redis."""
    from bench.oracle import Oracle
    from feeds import home, timelines
    from network.models import Person

    oracle = Oracle()
    wrong, from_redis, entries = 0, 0, 0
    for number, person in enumerate(Person.objects.filter(pk__in=people).iterator()):
        from_redis += timelines.read(person.pk, person.generation) is not None
        expected = oracle.home(person.pk)
        entries += len(expected)
        found = [(entry.thread, entry.id) for entry in home.slots(person, size=EVERYTHING).entries]
        if found != expected or (number < BY_CURSOR and by_cursor(person) != expected):
            wrong += 1
            report.note(f"The home of {person.handle} differs: {len(found)} entries, not {len(expected)}.")
        progress(number, len(people), "homes compared")
    report.note(f"{len(people):,} homes, {entries / len(people):.0f} entries each on average")
    report.add(
        Case("graph.equal", "homes", [len(people) - wrong], "all homes", [len(people)], at_least=1, at_most=1)
    )
    report.add(Case("graph.redis", "homes", [from_redis], "all homes", [len(people)], at_least=0.95))


def by_cursor(person: object) -> list[tuple[int, int]]:
    """The same home, page by page."""
    from feeds import home

    found, cursor = [], None
    while True:
        page = home.slots(person, cursor)  # type: ignore[arg-type]
        found += [(entry.thread, entry.id) for entry in page.entries]
        cursor = page.older
        if cursor is None:
            return found


def progress(number: int, total: int, what: str) -> None:
    if number % 100 == 99 or number + 1 == total:
        end = "\n" if number + 1 == total else ""
        print(f"\r{number + 1:,} of {total:,} {what}", end=end, file=sys.stderr, flush=True)
