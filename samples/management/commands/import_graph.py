"""`bin/manage import_graph PATH`: import people and follows from an edge list."""

from argparse import ArgumentParser
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.errors import KithError
from network.progress import Progress
from samples import edge_list, graph_import

BATCH = 2000


class Command(BaseCommand):
    help = (
        "Import a social graph: a file, plain or gzipped, with two numbers a line; both people follow each "
        "other. Person 7 gets the handle p07 and a made-up name. Importing again, after a stop as well, "
        "adds only what is not there. Lines that cannot be read are named and left out, and the exit "
        "status is then 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the edge list")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            skipped = self._import(path)
        except (OSError, EOFError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        except KithError as error:
            raise CommandError(str(error)) from error
        if skipped:
            raise CommandError(f"Lines left out: {skipped}. All others were imported.")

    def _import(self, path: Path) -> int:
        total = edge_list.count(path)
        progress = Progress(self.stderr, "edges")
        lines, done, skipped, people, follows = edge_list.read(path), 0, 0, 0, 0
        while batch := list(islice(lines, BATCH)):
            bad = [line for line in batch if line.edge is None]
            for line in bad:
                self.stderr.write(f"Line {line.number} is not two different numbers; it was left out.")
            new = graph_import.befriend(line.edge for line in batch if line.edge is not None)
            done, skipped = done + len(batch), skipped + len(bad)
            people, follows = people + new.people, follows + new.follows
            progress(done, total, f"{people:,} people and {follows:,} follows are new")
        progress.end()
        return skipped
