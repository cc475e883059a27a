"""Simulated acts during a measurement, and the memory of the processes that serve them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import Case, Report
from commands.environment import ROOT, Stop
from commands.processes import die_with_parent

LEAST = 20  # acts a second
SETTLED = 5 * 60  # seconds of acting; after this time the memory of a process should stay the same
GROWTH = 1.05  # the largest ratio allowed after that
MINUTE = 60


def graph() -> str:
    """The edge list that KITH_GRAPH names. Raises Stop if it is not set."""
    path = os.environ.get("KITH_GRAPH", "")
    if not path:
        raise Stop("Name an edge list in KITH_GRAPH; each edge is two follows.")
    return path


@contextmanager
def acting(rate: float, seconds: float, seed: int) -> Iterator[subprocess.Popen[str]]:
    """Simulate acts for some seconds in a child process. `rate` is acts a second; 0 means without a limit."""
    command = ["manage.py", "simulate", "--rate", str(rate), "--seconds", str(seconds), "--seed", str(seed)]
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def acts_by(process: subprocess.Popen[str]) -> int:
    """Wait for the end. Returns the number of acts, with refused ones. Raises Stop if the process failed."""
    assert process.stdout
    said = process.stdout.read()
    print(said, file=sys.stderr, end="")
    if process.wait():
        raise Stop("Acting has ended by an error.")
    return sum(int(line.split()[1].replace(",", "")) for line in said.splitlines())


class Sizes:
    """The memory of processes over time.

    Garbage stays in memory until it is collected. So the smallest size within a minute counts.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[float, dict[str, int]]] = []

    def take(self, second: float, pids: dict[str, int]) -> None:
        """Record the size of each process. `second` is the time since the start; `pids` maps names to ids."""
        self.taken.append((second, {name: size(pid) for name, pid in pids.items()}))

    def tell(self, report: Report, soak: str, seconds: float, settled: float) -> None:
        """Compare the minute before `seconds` with the minute after `settled`: seconds since the start."""
        then, now = self._smallest(settled), self._smallest(seconds - MINUTE)
        for name in now:
            bar = None if name == "Valkey" else GROWTH  # Valkey holds more entries at the end
            case = f"{soak}.memory: {name}"
            report.add(Case(case, "MiB", [now[name]], "once settled", [then[name]], at_most=bar))

    def _smallest(self, since: float) -> dict[str, float]:
        """The smallest size of each process in the minute after `since`, in MiB."""
        some = [sizes for second, sizes in self.taken if since <= second <= since + MINUTE]
        return {name: min(sizes[name] for sizes in some) / (1 << 20) for name in some[0]}


def family(pid: int) -> list[int]:
    """The ids of a process and of all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def size(pid: int) -> int:
    """The memory (PSS) of a process and its descendants, in bytes. Shared pages count in equal parts."""
    return sum(map(_share, family(pid)))


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # the child of Valkey that saves has just ended
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
