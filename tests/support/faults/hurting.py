"""Faults of processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def suspended(processes: list[psutil.Process]) -> Iterator[None]:
    """Stop the processes (SIGSTOP) during the block, as on a machine without free CPU."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.resume()


@contextmanager
def without_room(processes: list[psutil.Process]) -> Iterator[None]:
    """Let the processes write to no file during the block, as on a full disk."""
    for process in processes:
        process.rlimit(psutil.RLIMIT_FSIZE, (1, psutil.RLIM_INFINITY))
    try:
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
