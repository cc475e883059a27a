"""Kith as it really runs, for benchmarks: a folder of its own, Valkey, and the processes asked for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import Report, postgresql
from commands import servers, valkey
from commands.environment import ROOT
from commands.processes import Processes


@contextmanager
def kith(*, on_postgresql: bool = False) -> Iterator[tuple[Processes, Path]]:
    """An empty Kith with its servers of data running, ready for `django.setup()`; gone afterwards.

    On SQLite, or on a PostgreSQL of its own.
    """
    processes, before = Processes(), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        os.environ |= {"KITH_VAR": folder, "DJANGO_SETTINGS_MODULE": "network.settings"}
        try:
            if on_postgresql:
                os.environ["DATABASE_URL"] = postgresql.address(Path(folder, "postgresql"))
            valkey.provide(processes, Path(folder) / "valkey")
            manage("migrate", "--verbosity", "0")
            yield processes, Path(folder)
        finally:
            processes.stop()
            os.environ.clear()
            os.environ.update(before)


def manage(*arguments: str) -> None:
    """Run one of Kith's own commands; its progress is shown. Raises CalledProcessError."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def again(report: Report, name: str, settings: dict[str, str]) -> None:
    """Run a benchmark in a process of its own, for one process knows one database."""
    options = [word for word, given in (("--quick", report.quick), ("--json", report.json)) if given]
    command = [sys.executable, "bin/bench", name, *options]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False)
    report.holds &= done.returncode == 0


def start_worker(processes: Processes, folder: Path, concurrency: int = 2) -> None:
    """A Celery worker and its beat, as `bin/run` has them."""
    ready = folder / "worker-is-ready"
    processes.start("The worker", servers.worker(concurrency), {"READY_FILE": str(ready)})
    processes.start("The beat", servers.beat(folder), {})
    processes.wait_until(ready.exists, "The worker")
