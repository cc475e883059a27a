"""Wait for another process or thread: by a condition with a deadline, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 30.0  # seconds; a machine may be busy

T = TypeVar("T")


def wait_until(condition: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Return the first true value of `condition`. Fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"Waited {seconds} s in vain: {what}"
        time.sleep(0.01)
    return answer
