"""Hears that an activity was recorded, and hands it to a worker."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError
from kombu.pools import producers

from feeds import tasks
from network.models import Activity

log = logging.getLogger(__name__)

# Seconds that a request may lose to a broker which does not answer.
PATIENCE = 0.2


def enqueue(activity: Activity, **kwargs: Any) -> None:
    """Ask a worker to deliver an activity, once and quickly: what fails here is swept up later."""
    try:
        with producers[broker()].acquire(block=True, timeout=PATIENCE) as producer:
            tasks.deliver.apply_async((activity.pk,), producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("The broker does not answer; the sweeper will deliver %s: %s", activity, error)


@cache
def broker() -> Any:
    """The broker's connection for requests, which wait for it no longer than PATIENCE."""
    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "max_retries": 0}
    return current_app.connection_for_write(connect_timeout=PATIENCE, transport_options=patience)
