"""The queue of the workers: tasks are sent to the broker, quickly or not at all.

A task that is not sent is lost. The delivery is not: the sweeper of the outbox does it later.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError
from kombu.pools import producers

log = logging.getLogger(__name__)

# Seconds that a request may wait for a broker that does not answer.
PATIENCE = 0.2


def send_task(activity_id: int) -> None:
    """Have a worker do the pending deliveries of an activity. Logs a warning where the broker is away."""
    try:
        with producers[broker()].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task("feeds.tasks.deliver", (activity_id,), producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer; the sweeper will deliver %s: %s", activity_id, error)


@cache
def broker() -> Any:
    """The connection of requests to the broker, which never waits longer than PATIENCE."""
    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "max_retries": 0}
    return current_app.connection_for_write(connect_timeout=PATIENCE, transport_options=patience)
