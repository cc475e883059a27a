"""`bin/manage feeds`: whether homes are what they should be, how to mend them, and how far behind all is."""

from collections.abc import Callable
from typing import Any

import redis
from django.core.management.base import BaseCommand, CommandError, CommandParser

from feeds import checking, healing
from feeds.checking import Difference, What
from network.models import Delivery, Person
from network.progress import Progress

SAMPLE = 100
SAYS = {
    What.MISSING: "is missing from {feed}, or stands there at an older entry",
    What.WRONG: "is in {feed}, and should not be",
    What.TWICE: "is in {feed} out of order, or more than once",
    What.LOST: "is missing from the timeline of {feed}",
}


class Command(BaseCommand):
    help = "Compare homes with what they should be (check), mend them (repair)."

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

    def handle(self, *args: Any, **options: Any) -> None:
        people = self._people(options)
        try:
            if options["verb"] == "repair":
                self._deliver()
                found = self._look(people, healing.mend)
            else:
                found = self._look(people, checking.check)
        except redis.RedisError as error:
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
        return healing.sample(options["sample"] or SAMPLE)

    def _deliver(self) -> None:
        progress, done = Progress(self.stderr, "deliveries that were owed"), 0
        for batch in healing.deliver_what_is_owed():
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
        healing.leave_word(len(people), found)
        return found

    def _say(self, person: int, differences: list[Difference]) -> None:
        if differences:
            handle = Person.objects.values_list("handle", flat=True).get(pk=person)
            for difference in differences:
                feed = "their home" if difference.feed == person else f"their list {difference.feed}"
                self.stdout.write(f"@{handle}: {difference.entry} {SAYS[difference.what].format(feed=feed)}")
