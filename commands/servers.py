"""How Kith's own servers are started: the words of each command."""

import sys

# Root is who one is in many containers; Celery's tasks here are read as JSON, so no harm follows from it.
CELERY = [
    sys.executable,
    *("-W", "ignore:You're running the worker with superuser privileges"),
    *("-m", "celery", "--quiet", "--app", "network"),
]
WEB = [sys.executable, "-m", "realtime.server"]


def worker(concurrency: int | str = 2) -> list[str]:
    """Does the tasks, in as many processes. It does not look for other workers, which would take a second."""
    alone = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    return [*CELERY, "worker", "--loglevel", "warning", "--concurrency", str(concurrency), *alone]


def beat() -> list[str]:
    """Asks for the tasks whose time has come.

    When it last did is kept in no file: it would end on a disk that is full, and every task comes soon again.
    """
    return [*CELERY, "beat", "--loglevel", "warning", "--scheduler", "celery.beat:Scheduler"]
