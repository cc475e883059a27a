"""Notifications of one comment, on PostgreSQL: it mentions half of the people, the others watch the thread.

One person in ten has muted the author, or there is a block between them. The baseline handles one person
after the other. With --quick there are 50 people instead of 500.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import django

from bench import Case, Report
from bench.support.running import kith

PEOPLE = 500
QUERIES = 10  # at most, for any number of people


def main(report: Report) -> None:
    number = PEOPLE // 10 if report.quick else PEOPLE
    with kith(on_postgresql=True):
        django.setup()
        measure(report, number)


def measure(report: Report, number: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.baselines import notify as baseline
    from feeds.notifications import notify

    activity = comment_for(number)

    def ours() -> float:
        return timed(lambda: notify.deliver(activity))

    def theirs() -> float:
        return timed(lambda: baseline.notify(activity))

    with CaptureQueriesContext(connection) as queries:
        notify.deliver(activity)
    notified = stored()
    theirs()
    if notified != stored():
        raise RuntimeError("The two ways do not notify the same people.")
    report.note(f"{number} people named or watching, {len(notified)} notified; {len(queries)} queries")
    report.add(Case("notify.queries", "queries", [len(queries)], "the most allowed", [QUERIES], at_most=1))
    report.compare(f"notify.{PEOPLE}", ours, theirs, unit="ms", baseline="one by one", at_most=0.1)


def comment_for(number: int) -> Any:
    """The Create of a comment that mentions half of the people, in a thread that the others watch."""
    from network.actions import blocks, mutes, people, posts
    from network.actions.drafts import Draft
    from network.models import Activity, Mention, Watch

    author = people.register("author", "The author")
    thread = posts.publish(people.register("host", "The host"), Draft("Who comes on Sunday?"))
    concerned = [people.register(f"person.{one}", f"Person {one}") for one in range(number)]
    for one in concerned[::20]:
        mutes.mute_person(one, author)
    for one in concerned[10::20]:
        blocks.block(one, author)
    comment = posts.publish(author, Draft("All of you, I hope.", parent=thread))
    named, watching = concerned[: number // 2], concerned[number // 2 :]
    Mention.objects.bulk_create(Mention(post=comment, person=person) for person in named)
    Watch.objects.bulk_create(Watch(person=person, thread=thread) for person in watching)
    return Activity.objects.select_related("post__thread", "actor").get(pk=comment.pk)


def stored() -> list[tuple[int, str]]:
    from feeds.models import Notification

    return sorted(Notification.objects.values_list("person", "kind"))


def timed(tell: Callable[[], object]) -> float:
    """Milliseconds to notify all people. Earlier notifications are deleted first."""
    from feeds.models import Notification

    Notification.objects.all().delete()
    began = time.perf_counter()
    tell()
    return (time.perf_counter() - began) * 1000
