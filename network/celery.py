"""The Celery application; `commands/servers.py` says how its processes are started."""

import gc
import os
import sys
from pathlib import Path

from celery import Celery
from celery.signals import celeryd_after_setup, task_postrun, worker_ready, worker_shutting_down
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

app = Celery("kith")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# How many tasks share a connection to the database: see below.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize


@task_postrun.connect
def give_the_connection_back(**_: object) -> None:
    """To the pool of this process, as after a request. Celery would end both, before and after each task."""
    close_old_connections()


@celeryd_after_setup.connect
def share_what_is_loaded(**_: object) -> None:
    """With the processes of the pool, which are forked next: else each comes to own a copy, of some 25 MB.

    A collection writes to whatever it looks at.
    """
    gc.collect()
    gc.freeze()


@worker_ready.connect
def tell_that_the_worker_is_ready(**_: object) -> None:
    """Touch READY_FILE, for which `bin/run` waits."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()


@worker_shutting_down.connect
def leave_at_once_when_idle(**_: object) -> None:
    """Who has nothing to finish goes now: Celery's way out takes three seconds, and its pool ends with it.

    A task that arrives in this very moment may be lost, and nothing with it: what is owed is in the database.
    """
    from celery.worker import state  # the web server has no need of it

    if not state.reserved_requests:
        os._exit(0)
