"""Real processes of Kith for benchmarks: an empty folder, Valkey, and the processes of each benchmark."""

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
    """Start an empty Kith with its database and Valkey, ready for `django.setup()`. It is deleted afterwards.

    The database is SQLite, or a PostgreSQL server of its own.
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
    """Run a management command and show its output. Raises CalledProcessError."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


def again(report: Report, name: str, settings: dict[str, str]) -> None:
    """Run a benchmark in a new process, because a process can use one database only."""
    options = [word for word, given in (("--quick", report.quick), ("--json", report.json)) if given]
    command = [sys.executable, "bin/bench", name, *options]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False)
    report.holds &= done.returncode == 0


def start_worker(processes: Processes, folder: Path, concurrency: int = 2) -> None:
    """Start a Celery worker and a beat, as `bin/run` does."""
    ready = folder / "worker-is-ready"
    processes.start("The worker", servers.worker(concurrency), {"READY_FILE": str(ready)})
    processes.start("The beat", servers.beat(), {})
    processes.wait_until(ready.exists, "The worker")


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Run a worker and a beat during the block."""
    processes = Processes()
    try:
        (folder / "worker-is-ready").unlink(missing_ok=True)
        start_worker(processes, folder)
        yield
    finally:
        processes.stop()


@dataclass(frozen=True)
class Server:
    """A web server process: its port, memory and CPU."""

    port: int
    pid: int

    def memory(self) -> int:
        """Its memory in bytes (PSS): shared pages count in equal parts."""
        return size(self.pid)

    def cpu(self) -> float:
        """The CPU that it has used, with system time, in milliseconds. The resolution is 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def serve(
    processes: Processes,
    command: Sequence[str] = servers.WEB,
    *,
    port: int = 0,
    meanwhile: Callable[[], object] = lambda: None,
) -> Server:
    """Start a web server, and call `meanwhile` repeatedly until it answers.

    `PORT` in the command is replaced by its port.
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
    """Run a web server during the block."""
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
    """Raise the limit of open files to the system's maximum, for this process and its children."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
