"""`bin/manage simulate`: act at random as the people of the database, through the real actions."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.progress import Progress
from samples.simulation.intents import intents
from samples.simulation.running import Tally, run
from samples.simulation.world import World


class Command(BaseCommand):
    help = (
        "Act as the people who are here, by chance: post, comment, reshare, follow, edit, delete, block, "
        "join and more. The same seed gives the same sequence of intents. What the rules refuse is "
        "counted; anything else that goes wrong ends it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rate", type=float, default=20, help="acts a second; 0: as fast as it goes")
        parser.add_argument("--seconds", type=float, help="for how long (60 where nothing is said)")
        parser.add_argument("--acts", type=int, help="how many acts, at most")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        rate, acts, seconds = options["rate"], options["acts"], options["seconds"]
        if rate < 0 or (acts or 0) < 0 or (seconds or 0) < 0:
            raise CommandError("Rate, seconds and acts are not less than 0.")
        seconds = 60 if seconds is None and acts is None else seconds
        world = World(options["seed"])
        if len(world.people) < 2:
            raise CommandError("There is nobody to act: import_graph or demo brings people.")
        ends = None if seconds is None else time.monotonic() + seconds
        progress = Progress(self.stderr, "acts")
        tally = run(
            world,
            intents(options["seed"]),
            rate=rate,
            until=lambda tally: tally.acts == acts or (ends is not None and time.monotonic() >= ends),
            progress=lambda tally: progress(tally.acts, acts, f"{tally.refused.total():,} refused"),
        )
        progress.end()
        self._print(tally)

    def _print(self, tally: Tally) -> None:
        for title, counts in (("Done", tally.done), ("Refused", tally.refused)):
            some = ", ".join(f"{name} {number:,}" for name, number in counts.most_common())
            self.stdout.write(f"{title}: {counts.total():,}" + (f" ({some})" if some else ""))
