"""The Celery application; `commands/servers.py` has the commands that start it."""

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
# Celery would close the connection after this many tasks; see return_connection.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize


@task_postrun.connect
def return_connection(**_: object) -> None:
    """Return the database connection to the pool of this process, as after a request.

    Celery would close both the connection and the pool, before and after each task.
    """
    close_old_connections()


@celeryd_after_setup.connect
def freeze_loaded_modules(**_: object) -> None:
    """Share the loaded modules with the pool processes, which are forked next.

    The garbage collector writes to every object that it visits. Without this each process would soon have
    its own copy of these pages, some 25 MB.
    """
    gc.collect()
    gc.freeze()


@worker_ready.connect
def touch_ready_file(**_: object) -> None:
    """Touch READY_FILE; `bin/run` waits for it."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()


@worker_shutting_down.connect
def exit_at_once_when_idle(**_: object) -> None:
    """Exit now when no task is running; Celery's own shutdown takes three seconds. The pool ends with it.

    A task that arrives at this moment may be lost. Its delivery is not: pending deliveries are rows in the
    database.
    """
    from celery.worker import state  # the web server does not need it

    if not state.reserved_requests:
        os._exit(0)
