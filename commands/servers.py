"""The command lines of Kith's own servers."""

import sys

# Containers often run as root. Celery warns because of pickle; Kith's tasks are JSON.
CELERY = [
    sys.executable,
    *("-W", "ignore:You're running the worker with superuser privileges"),
    *("-m", "celery", "--quiet", "--app", "network"),
]
WEB = [sys.executable, "-m", "realtime.server"]


def worker(concurrency: int | str = 2) -> list[str]:
    """Return the command of a worker with `concurrency` processes.

    It does not look for other workers, which would take a second.
    """
    alone = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    return [*CELERY, "worker", "--loglevel", "warning", "--concurrency", str(concurrency), *alone]


def beat() -> list[str]:
    """Return the command of the beat, which sends the periodic tasks.

    It stores its schedule in no file: it would stop on a full disk, and every task is due again soon.
    """
    return [*CELERY, "beat", "--loglevel", "warning", "--scheduler", "celery.beat:Scheduler"]
