"""`bin/manage recount`: compare every counter with a count, and correct what differs."""

from typing import Any

from django.core.management.base import BaseCommand

from network.actions import counting


class Command(BaseCommand):
    help = "Compare every counter with what it counts, set right what differs, and say what that was."

    def handle(self, *args: Any, **options: Any) -> None:
        corrected = 0
        for wrong in counting.recount():
            corrected += 1
            row = f"{wrong.row._meta.verbose_name} {wrong.row.pk}"
            self.stdout.write(f"{row}: {wrong.column} said {wrong.stored}, and is {wrong.counted}")
        self.stdout.write(f"{corrected} mended." if corrected else "Nothing to mend.")
