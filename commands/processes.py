"""Child processes of a command. None of them outlives it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from commands.environment import ROOT, Stop

PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL


class Processes:
    """Processes that run side by side. The others need the foundations, which are stopped last."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.foundations: set[str] = set()

    def start(
        self, name: str, command: list[str], environment: dict[str, str], *, foundation: bool = False
    ) -> None:
        """Start `command` in its own session, so that Ctrl-C reaches only this process."""
        if foundation:
            self.foundations.add(name)
        self.running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,
        )

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float = 90) -> None:
        """Return when `condition` is true. Raises Stop when a process ends first, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.check()
            if time.monotonic() > deadline:
                raise Stop(f"{what} did not answer within {seconds:.0f} seconds.")
            time.sleep(0.02)

    def check(self) -> None:
        """Raises Stop when one of the processes has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Stop(f"{name} has ended by itself (exit code {process.returncode}), so Kith stops.")

    def stop(self) -> None:
        """End all processes and their children, the foundations last."""
        while self.running:
            names = [name for name in self.running if name not in self.foundations] or list(self.running)
            ending = [self.running.pop(name) for name in names]
            for process in ending:
                process.terminate()
            deadline = time.monotonic() + PATIENCE
            for process in ending:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def die_with_parent() -> None:
    """Ask Linux to send SIGTERM to this process when its parent has ended, for any reason."""
    set_parent_death_signal = 1  # PR_SET_PDEATHSIG, linux/prctl.h
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
