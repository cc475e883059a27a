"""Simulated people who act beside a measurement, and what the processes that serve them hold."""

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
SETTLED = 5 * 60  # seconds of acting, after which processes have the size that they keep
GROWTH = 1.05  # the most, from then on
MINUTE = 60


def graph() -> str:
    """The edge list that KITH_GRAPH names. Raises Stop where it names none."""
    path = os.environ.get("KITH_GRAPH", "")
    if not path:
        raise Stop("Name an edge list in KITH_GRAPH; each edge is two follows.")
    return path


@contextmanager
def acting(rate: float, seconds: float, seed: int) -> Iterator[subprocess.Popen[str]]:
    """People acting at a rate (0: as fast as it goes) for a time, in a process that does not outlive this."""
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
    """How many acts those who acted say that they made, refused ones too. Raises Stop where it failed."""
    assert process.stdout
    said = process.stdout.read()
    print(said, file=sys.stderr, end="")
    if process.wait():
        raise Stop("Acting has ended by an error.")
    return sum(int(line.split()[1].replace(",", "")) for line in said.splitlines())


class Sizes:
    """How large processes were, again and again.

    Garbage lies about until it is collected, so of the sizes in a minute the smallest counts.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[float, dict[str, int]]] = []

    def take(self, second: float, pids: dict[str, int]) -> None:
        """Take the size of each process, by its name, so many seconds after the start."""
        self.taken.append((second, {name: size(pid) for name, pid in pids.items()}))

    def tell(self, report: Report, soak: str, seconds: float, settled: float) -> None:
        """Hold the last minute of some seconds against the one once settled."""
        then, now = self._smallest(settled), self._smallest(seconds - MINUTE)
        for name in now:
            bar = None if name == "Valkey" else GROWTH  # which holds more entries at the end
            case = f"{soak}.memory: {name}"
            report.add(Case(case, "MiB", [now[name]], "once settled", [then[name]], at_most=bar))

    def _smallest(self, since: float) -> dict[str, float]:
        """Megabytes."""
        some = [sizes for second, sizes in self.taken if since <= second <= since + MINUTE]
        return {name: min(sizes[name] for sizes in some) / (1 << 20) for name in some[0]}


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def size(pid: int) -> int:
    """Bytes of memory of a process with those it started, what they share with others by halves (PSS)."""
    return sum(map(_share, family(pid)))


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # Valkey's, that saves, has just ended
        return 0
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
