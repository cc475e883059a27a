"""The Celery application: `celery -A network worker -B`."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")

app = Celery("kith")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def tell_that_the_worker_is_ready(**_: object) -> None:
    """Touch READY_FILE, for which `bin/run` waits."""
    if path := os.environ.get("READY_FILE"):
        Path(path).touch()
