"""How Kith's own servers are started: the words of each command."""

import sys
from pathlib import Path

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


def beat(folder: Path) -> list[str]:
    """Asks for the tasks whose time has come; it remembers in `folder` when it last did."""
    return [*CELERY, "beat", "--loglevel", "warning", "--schedule", str(folder / "beat")]
