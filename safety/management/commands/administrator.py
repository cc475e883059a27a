"""`bin/manage administrator`: make a person an administrator of the site."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.errors import KithError
from network.models import Person
from safety.actions import administrators


class Command(BaseCommand):
    help = "Make a person with an account an administrator of the site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", help="the person's username")
        parser.add_argument(
            "--remove", action="store_true", help="make an administrator an ordinary person again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        handle = options["handle"].removeprefix("@").lower()
        person = Person.objects.filter(handle=handle, domain="").first()
        if person is None:
            raise CommandError(f"There is nobody called {handle} here.")
        try:
            if options["remove"]:
                administrators.dismiss(person)
            else:
                administrators.appoint(person)
        except KithError as error:
            raise CommandError(str(error)) from None
        says = "is not an administrator now" if options["remove"] else "is an administrator now"
        self.stdout.write(f"{handle} {says}.")
