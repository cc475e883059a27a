"""A real social graph: compare homes with an oracle after 20,000 simulated acts, and count comments.

KITH_GRAPH names the edge list. All timelines are built before the first act, and the worker pushes to them.
Homes are read from these timelines. With --quick: 1,000 acts, and every tenth home.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import django

from bench import Case, Report
from bench.support.acting import graph
from bench.support.running import kith, manage, start_worker
from commands.environment import Stop

ACTS = 20_000


def main(report: Report) -> None:
    path = graph()
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
        wait_until_all_is_delivered()
        delivered = time.monotonic()
        report.note(f"{len(people):,} people imported in {imported - began:.0f} s")
        report.note(
            f"{acts:,} acts in {simulated - started:.0f} s ({acts / (simulated - started):.0f} a second); "
            f"the last was delivered {delivered - simulated:.1f} s later"
        )
        some = people[:: 10 if report.quick else 1]
        compare(report, some)
        weigh(report, some)


def everybody() -> Iterable[int]:
    from network.models import Person

    return Person.objects.order_by("pk").values_list("pk", flat=True)


def build(people: list[int]) -> None:
    """Build the timeline of everybody's home."""
    from feeds.feed import Feed
    from feeds.timelines import rebuild
    from network.models import Person

    for number, person in enumerate(Person.objects.filter(pk__in=people).iterator()):
        rebuild.rebuild(Feed(person))
        progress(number, len(people), "timelines built")


def wait_until_all_is_delivered(seconds: float = 600) -> None:
    from network.models import Delivery

    deadline = time.monotonic() + seconds
    while Delivery.objects.exists():
        if time.monotonic() > deadline:
            raise Stop(f"{Delivery.objects.count()} deliveries are still pending after {seconds:.0f} s.")
        time.sleep(0.1)


def compare(report: Report, people: list[int]) -> None:
    """Compare every home, all of its pages, with the oracle. Count the pages that came from Redis."""
    from bench.support.oracle import Oracle
    from feeds.reading.paging import PAGE
    from network.models import Person

    oracle = Oracle().load()
    wrong, entries, pages, from_redis = 0, 0, 0, 0
    for number, person in enumerate(Person.objects.filter(pk__in=people).iterator()):
        expected = oracle.home(person.pk)
        found = list(read(person))
        entries += len(expected)
        pages += len(found)
        from_redis += sum(page.from_redis for page in found)
        if [entry for page in found for entry in page.entries] != expected:
            wrong += 1
            report.note(f"The home of {person.handle} differs.")
        progress(number, len(people), "homes compared")
    report.note(f"{len(people):,} homes, {pages:,} pages of {PAGE}, {entries / len(people):.0f} threads each")
    report.add(
        Case("graph.equal", "homes", [len(people) - wrong], "all homes", [len(people)], at_least=1, at_most=1)
    )
    report.add(Case("graph.redis", "pages", [from_redis], "all pages", [pages], at_least=0.95))


def weigh(report: Report, people: list[int]) -> None:
    """Count the comments among the cards of first pages: with the real follows, then with all comments."""
    from django.db.models import F

    from network.models import Follow, Person

    share = replies(people)
    Follow.objects.update(comments=Follow.Comments.ALL)
    Person.objects.update(generation=F("generation") + 1)
    report.note(
        f"{share:.0%} of the cards on first pages are replies, {replies(people):.0%} with all comments"
    )


def replies(people: list[int]) -> float:
    from feeds.reading import home
    from network.models import Person

    found = [
        entry.kind for person in Person.objects.filter(pk__in=people) for entry in home.slots(person).entries
    ]
    return found.count("comment") / max(1, len(found))


@dataclass(frozen=True)
class Page:
    entries: list[tuple[int, int]]
    from_redis: bool


def read(person: Any) -> Iterator[Page]:
    """Read all pages of a home: the threads with their entries, and whether Redis answered."""
    from feeds.reading import home
    from feeds.timelines import store

    cursor = None
    while True:
        from_redis = store.read(person.pk, person.generation) is not None
        slots = home.slots(person, cursor)
        yield Page([(entry.thread, entry.id) for entry in slots.entries], from_redis)
        cursor = slots.older
        if cursor is None:
            return


def progress(number: int, total: int, what: str) -> None:
    if number % 100 == 99 or number + 1 == total:
        end = "\n" if number + 1 == total else ""
        print(f"\r{number + 1:,} of {total:,} {what}", end=end, file=sys.stderr, flush=True)
