"""Ids use the clock of the database, so that all machines agree on the order of ids."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db.backends.signals import connection_created

from network import ids

log = logging.getLogger(__name__)

INTERVAL = 60  # seconds between two comparisons; each happens when a connection is opened anyway
TOLERANCE = 1000  # ms by which clocks may differ; the query itself takes time too

_compared_at = float("-inf")


def follow_the_database() -> None:
    """Correct the clock of ids at each new connection. With SQLite there is one clock, and nothing to do."""
    connection_created.connect(_compare)


def _compare(connection: Any, **kwargs: Any) -> None:
    global _compared_at
    if connection.vendor != "postgresql" or time.monotonic() - _compared_at < INTERVAL:
        return
    _compared_at = time.monotonic()
    began = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        [there] = cursor.fetchone()
    ahead = round((float(there) - (began + time.time()) / 2) * 1000)
    if ids.correct(ahead if abs(ahead) > TOLERANCE else 0):
        log.warning("The database's clock is %+d s from the one here; ids are made by it.", ahead / 1000)
