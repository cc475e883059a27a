"""`bin/manage feeds`: check homes, repair them, and show the backlog of deliveries."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feeds.operations import checking, repair
from feeds.operations.checking import Difference, Fault
from feeds.operations.status import Status, status
from feeds.timelines.shards import UNAVAILABLE
from network.models import Delivery, Person
from network.progress import Progress

SAMPLE = 100
SAYS = {
    Fault.MISSING: "is missing from {feed}, or stands there at an older entry",
    Fault.WRONG: "is in {feed}, and should not be",
    Fault.TWICE: "is in {feed} out of order, or more than once",
    Fault.LOST: "is missing from the timeline of {feed}",
}


class Command(BaseCommand):
    help = "Compare homes with what they should be, mend them, say how things stand."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, says in (
            (
                "check",
                "Say what differs between homes and what they should be; exit code 1 where something does.",
            ),
            ("repair", "Deliver what is owed, then build every home anew that differs; the same exit code."),
        ):
            one = verbs.add_parser(verb, help=says, description=says)
            one.add_argument("people", nargs="*", metavar="PERSON", help="whose home: handles")
            which = one.add_mutually_exclusive_group()
            which.add_argument("--all", action="store_true", help="everybody's")
            which.add_argument(
                "--sample", type=int, metavar="N", help=f"of N people by chance (else {SAMPLE})"
            )

        verbs.add_parser("status", help="What is owed, how late it is, and what the last check found.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "status":
            self.stdout.write("\n".join(_sentences(status())))
            return
        people = self._people(options)
        try:
            if options["verb"] == "repair":
                self._deliver()
                found = self._look(people, repair.repair)
            else:
                found = self._look(people, checking.check)
        except UNAVAILABLE as error:
            raise CommandError(
                f"Redis does not answer, so homes come from the database alone: {error}"
            ) from None
        differing = {difference.person for difference in found}
        if not differing:
            self.stdout.write(f"{len(people):,} homes looked at: nothing differs.")
            return
        says = f"{len(differing):,} of {len(people):,} homes differ."
        if options["verb"] == "repair":
            still = sum(bool(checking.check(person)) for person in differing)
            says = f"{len(differing):,} of {len(people):,} homes differed; built anew, {still:,} still do."
        raise CommandError(says)

    def _people(self, options: dict[str, Any]) -> list[int]:
        if options["all"]:
            return list(Person.objects.order_by("pk").values_list("pk", flat=True))
        if options["people"]:
            found = dict(
                Person.objects.filter(handle__in=options["people"], domain="").values_list("handle", "pk")
            )
            if unknown := [handle for handle in options["people"] if handle not in found]:
                raise CommandError(f"There is nobody called {', '.join(unknown)}.")
            return list(found.values())
        return repair.sample(options["sample"] or SAMPLE)

    def _deliver(self) -> None:
        progress, done = Progress(self.stderr, "deliveries that were owed"), 0
        for batch in repair.deliver_pending():
            done += batch
            progress(done)
        progress.end()
        if left := Delivery.objects.count():
            self.stdout.write(
                f"{left:,} deliveries are at work, failed or just recorded; they are left out of account."
            )

    def _look(self, people: list[int], look: Callable[[int], list[Difference]]) -> list[Difference]:
        progress, found = Progress(self.stderr, "homes"), []
        for number, person in enumerate(people, start=1):
            differences = look(person)
            found += differences
            self._say(person, differences)
            progress(number, len(people), f"{len(found)} differences")
        progress.end()
        repair.record_check(len(people), found)
        return found

    def _say(self, person: int, differences: list[Difference]) -> None:
        if differences:
            handle = Person.objects.values_list("handle", flat=True).get(pk=person)
            for difference in differences:
                feed = "their home" if difference.feed == person else f"their list {difference.feed}"
                self.stdout.write(f"@{handle}: {difference.entry} {SAYS[difference.fault].format(feed=feed)}")


def _sentences(now: Status) -> Iterator[str]:
    if not now.pending:
        yield "Nothing is owed."
    for pending in now.pending:
        failing = f", {pending.failing:,} of them tried before" if pending.failing else ""
        yield f"{pending.kind}: {pending.count:,} owed{failing}; the oldest for {_long(pending.oldest)}."
    for one in now.fanouts:
        reached = f"{one.done:,} of {one.followers:,} followers"
        yield f"Activity {one.activity} has reached {reached} in {_long(one.since)}."
    for kind, lag in now.lags.items():
        soon = lag.upto[1.0] / lag.count if lag.count else 1
        yield f"{kind}: the last after {lag.last:.2f} s; of {lag.count:,} batches {soon:.1%} within a second."
    if any(now.pages.values()):
        pages = ", ".join(f"{count:,} {source}" for source, count in now.pages.items())
        yield f"Pages of feeds by what answered: {pages}."
    if now.check is None:
        yield "No homes were checked yet."
    else:
        check = now.check
        yield (
            f"The last check was {_long(check.ago)} ago: {check.differences:,} differences "
            f"with {check.people:,} people; {check.found:,} in all checks."
        )


def _long(time: timedelta) -> str:
    """A time in its largest unit: 4 s, 12 min, 3 h."""
    seconds = time.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
