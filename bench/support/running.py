"""Kith as it really runs, for benchmarks: a folder of its own, Valkey, and the processes asked for."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import Report
from bench.support import postgresql
from bench.support.acting import size
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
            manage("collectstatic", "--noinput", "--verbosity", "0")
            yield processes, Path(folder)
        finally:
            processes.stop()
            if on_postgresql:
                postgresql.stop(Path(folder, "postgresql"))
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
    processes.start("The beat", servers.beat(), {})
    processes.wait_until(ready.exists, "The worker")


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """A worker and its beat, for as long as they are needed."""
    processes = Processes()
    try:
        (folder / "worker-is-ready").unlink(missing_ok=True)
        start_worker(processes, folder)
        yield
    finally:
        processes.stop()


@dataclass(frozen=True)
class Server:
    """A web server of a benchmark: where it listens, and what it costs."""

    port: int
    pid: int

    def memory(self) -> int:
        """Bytes that it holds for itself, and its part of what it shares."""
        return size(self.pid)

    def cpu(self) -> float:
        """Milliseconds that it has worked, its system's work for it included; in steps of ten."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def serve(
    processes: Processes,
    command: Sequence[str] = servers.WEB,
    *,
    port: int = 0,
    meanwhile: Callable[[], object] = lambda: None,
) -> Server:
    """Start a web server, and do something again and again until it answers.

    `PORT` in the command stands for its port.
    """

    def does_answer() -> bool:
        meanwhile()
        return answers(port)

    port, name = port or free_port(), "The web server"
    words = [str(port) if word == "PORT" else word for word in command]
    processes.start(name, words, {"HOST": "127.0.0.1", "PORT": str(port)})
    processes.wait_until(does_answer, name)
    return Server(port, processes.running[name].pid)


@contextmanager
def serving(command: Sequence[str] = servers.WEB) -> Iterator[Server]:
    """A web server for as long as it is needed."""
    processes = Processes()
    try:
        yield serve(processes, command)
    finally:
        processes.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def open_many_files() -> None:
    """Let this process, and all that it starts, have as many sockets as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
