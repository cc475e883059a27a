"""A Valkey of a single test. It can be stopped, flushed, and started again from an older snapshot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import redis

from commands import valkey
from commands.processes import die_with_parent
from tests.support.waiting import wait_until


def begin(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a server that ends with this process."""
    return subprocess.Popen(command, preexec_fn=die_with_parent if sys.platform == "linux" else None)


class OwnValkey:
    """A real server in a folder. `url` stays the same after a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = valkey.socket_for(folder)
        self.url = f"unix://{self.socket}"
        self.dump, self.snapshot = folder / "dump.rdb", folder / "snapshot.rdb"

    def start(self) -> None:
        program = valkey.program()
        assert program
        self.process = begin(valkey.command(program, self.folder, self.socket))
        wait_until(lambda: not valkey.why_silent(self.url), "Valkey answers")

    def kill(self) -> None:
        """Kill it as a power cut would: nothing more is saved."""
        self.process.kill()
        self.process.wait(10)

    def keep(self) -> None:
        """Save a snapshot for `restore`."""
        with redis.Redis.from_url(self.url) as client:
            client.save()
        shutil.copy(self.dump, self.snapshot)

    def restore(self) -> None:
        """Start it again with the last snapshot of `keep`, or empty."""
        self.kill()
        self.dump.unlink(missing_ok=True)
        if self.snapshot.exists():
            shutil.copy(self.snapshot, self.dump)
        self.start()

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
