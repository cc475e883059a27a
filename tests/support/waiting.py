"""Waiting for what another process or thread will do: by condition, never by a guess at its pace."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, seconds: float = 10) -> T:
    """What `condition` answers, once that is true; fails with `what` when it stays false too long."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"Waited {seconds} s in vain: {what}"
        time.sleep(0.01)
    return answer
