"""`bin/manage merge_topic`: make one topic lead to another."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network import text
from network.actions import topics
from network.errors import KithError
from network.models import Person, Topic


class Command(BaseCommand):
    help = (
        "Make ALIAS lead to INTO: its threads, followers and mutes move there, and whoever names it from now "
        "on names the other."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("alias")
        parser.add_argument("into")
        parser.add_argument("--by", required=True, help="handle of the person who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        editor = Person.objects.filter(handle=options["by"], domain="").first()
        if editor is None:
            raise CommandError(f"There is nobody called {options['by']} here.")
        alias, into = (self._topic(options[name]) for name in ("alias", "into"))
        try:
            topics.merge(editor, alias, into)
        except KithError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"#{alias.name} leads to #{into.name} now.")

    def _topic(self, raw: str) -> Topic:
        name = text.topic_name(raw.removeprefix("#"))
        found = Topic.objects.filter(name=name).first() if name else None
        if found is None:
            raise CommandError(f"There is no topic called {raw} here.")
        return found
