"""CPU time of each part of the system for a million entries, and the share of Python in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import psutil

from bench import Report

PYTHON = "workers"


def price(
    report: Report, parts: Mapping[str, Sequence[int]], entries: int, act: Callable[[], object]
) -> None:
    """Note the CPU of each part while `act` makes `entries` entries. A part is a list of process ids."""
    before = {name: sum(map(spent, pids)) for name, pids in parts.items()}
    act()
    taken = {name: sum(map(spent, pids)) - before[name] for name, pids in parts.items()}
    each = ", ".join(f"{name} {seconds / entries * 1e6:.1f}" for name, seconds in taken.items())
    share = taken[PYTHON] / max(sum(taken.values()), 0.01)
    report.note(f"CPU seconds a million entries: {each}; {share:.0%} of it in Python")


def spent(pid: int) -> float:
    """The CPU seconds of a process and its descendants, with those of descendants that have ended."""
    first = psutil.Process(pid)
    return sum(sum(process.cpu_times()[:4]) for process in [first, *first.children(recursive=True)])
