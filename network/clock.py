"""The clock of ids is the database's, so that machines whose own differ agree on what came first."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db.backends.signals import connection_created

from network import ids

log = logging.getLogger(__name__)

EVERY = 60  # seconds between two looks at it, each when a connection is opened anyway
TOLERATED = 1000  # ms by which clocks may differ; asking takes time, too

_asked_at = float("-inf")


def follow_the_database() -> None:
    """Correct the ids of this process from now on. With SQLite there is one clock."""
    connection_created.connect(_compare)


def _compare(connection: Any, **kwargs: Any) -> None:
    global _asked_at
    if connection.vendor != "postgresql" or time.monotonic() - _asked_at < EVERY:
        return
    _asked_at = time.monotonic()
    began = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        [there] = cursor.fetchone()
    ahead = round((float(there) - (began + time.time()) / 2) * 1000)
    if ids.correct(ahead if abs(ahead) > TOLERATED else 0):
        log.warning("The database's clock is %+d s from the one here; ids are made by it.", ahead / 1000)
