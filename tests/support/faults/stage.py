"""Kith from a copy of the files, with one Valkey for timelines and one for tasks. Tests can damage each."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.commands.conftest import Running, free_port, surroundings_of
from tests.support.faults.crowd import Crowd
from tests.support.servers import OwnValkey
from tests.support.waiting import wait_until


class Stage:
    """The processes, and the people who use them. `memory` is the Redis server without the queue of tasks."""

    def __init__(self, copy: Path, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.memory, self.broker = OwnValkey(folder / "memory"), OwnValkey(folder / "broker")
        self.command = [sys.executable, str(copy / "bin" / "run")]
        addresses = {"REDIS_URL": self.memory.url, "BROKER_URL": f"redis+socket://{self.broker.socket}"}
        self.settings = surroundings_of(folder / "var", self.port) | addresses | settings
        for valkey in (self.memory, self.broker):
            valkey.folder.mkdir()
            valkey.start()
        self.start()
        self.crowd = Crowd(f"http://127.0.0.1:{self.port}")

    def start(self) -> None:
        self.running = Running(self.command, self.settings, self.folder / "log")
        wait_until(lambda: self.running.has_said("Kith is ready"), "bin/run gets ready", 120)

    def end(self) -> None:
        if self.running.process.poll() is None:
            self.running.process.terminate()
            self.running.process.wait(60)
        self.memory.kill()
        self.broker.kill()
