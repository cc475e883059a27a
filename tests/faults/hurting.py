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
