"""Going back to an earlier migration and forth again, on rows that the present actions made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Migrate:
    """Moves the database among the migrations of `network`."""

    def to(self, name: str) -> Apps:
        """Go to a migration; the models as they were then."""
        MigrationExecutor(connection).migrate([("network", name)])
        return MigrationExecutor(connection).loader.project_state([("network", name)]).apps

    def before(self, name: str) -> Apps:
        """Go to the migration before one."""
        node = MigrationExecutor(connection).loader.graph.node_map["network", name]
        [parent] = [parent.key[1] for parent in node.parents if parent.key[0] == "network"]
        return self.to(parent)

    def forth(self) -> None:
        """Go to the newest of all."""
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def migrate(transactional_db: None) -> Iterator[Migrate]:
    """The newest migrations are in force again afterwards."""
    made = Migrate()
    yield made
    made.forth()
