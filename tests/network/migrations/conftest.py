"""Migrating backwards and forwards, with rows that the present actions created."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.signals import post_migrate

import network.migrations

NAMES = sorted(path.stem for path in Path(network.migrations.__path__[0]).glob("0*.py"))


class Migrate:
    """Migrates the database within the migrations of `network`."""

    def to(self, name: str) -> Any:
        """Migrate to a migration, and return the models of that time."""
        found: list[Any] = []

        def keep(apps: Any, **_: object) -> None:
            found.append(apps)

        post_migrate.connect(keep)
        try:
            call_command("migrate", "network", name, verbosity=0)
        finally:
            post_migrate.disconnect(keep)
        return found[-1]

    def before(self, name: str) -> Any:
        """Migrate to the migration before the named one."""
        return self.to(NAMES[NAMES.index(name) - 1])

    def forth(self) -> None:
        """Migrate to the newest migration."""
        call_command("migrate", verbosity=0)


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[Migrate]:
    """Afterwards the newest migrations are applied again."""
    made = Migrate()
    yield made
    made.forth()
