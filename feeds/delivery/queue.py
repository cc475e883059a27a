"""Asking a worker to deliver: once and quickly, for what fails here is swept up later."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError
from kombu.pools import producers

log = logging.getLogger(__name__)

# Seconds that a request may lose to a broker which does not answer.
PATIENCE = 0.2


def ask_for(activity_id: int) -> None:
    """Ask a worker to do what is owed to an activity."""
    try:
        with producers[broker()].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task("feeds.tasks.deliver", (activity_id,), producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer; the sweeper will deliver %s: %s", activity_id, error)


@cache
def broker() -> Any:
    """The broker's connection for requests, which wait for it no longer than PATIENCE."""
    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "max_retries": 0}
    return current_app.connection_for_write(connect_timeout=PATIENCE, transport_options=patience)
