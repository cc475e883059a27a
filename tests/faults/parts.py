"""The processes of a running Kith, by the part that they are, to be hurt one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.commands.conftest import Running


def parts(running: Running, name: str) -> list[psutil.Process]:
    """The processes of a part, the first before those that it started."""
    return [process for process in running.family() if any(name in word for word in process.cmdline())]


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
