"""What is done to processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def suspended(processes: list[psutil.Process]) -> Iterator[None]:
    """Inside, the processes stand still, as on a machine that has other things to do."""
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
    """Inside, the processes can write to no file, as on a disk that is full."""
    for process in processes:
        process.rlimit(psutil.RLIMIT_FSIZE, (1, psutil.RLIM_INFINITY))
    try:
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
