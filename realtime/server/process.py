"""Settings of the server's process: garbage collection and the database."""

import gc


def tune_garbage_collection() -> None:
    """Collect less often, and never look at what was loaded at the start.

    With a first threshold of 20,000 a process's memory goes up and down by a tenth. Objects that outlive a
    request by a little are freed only by a full collection: with a second threshold of 1,000 a server grew by
    a fifteenth in half an hour. CPython also postpones a full collection until the heap has grown by a
    quarter, so the second `collect` makes it count without the frozen objects.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    gc.set_threshold(5_000, 50, 10)


def open_database() -> None:
    """Open SQLite now, so that a disk that becomes full can still be read from.

    Opening needs space where no other process has the database open; reading needs none.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.ensure_connection()
