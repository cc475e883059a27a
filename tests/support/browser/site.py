"""Kith with its real web server and worker, on a database of its own and the Valkey of the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from commands import servers
from commands.run import answers
from tests.support.waiting import wait_until

HOST = "127.0.0.1"
PATIENCE = 60


class Site:
    """The processes. A test can end each one, and start it again at the same address."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.ready = settings.VAR / "worker-is-ready"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        kept = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "PYTHONWARNINGS")
            if name in os.environ
        }
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "network.settings",
            "KITH_VAR": str(settings.VAR),
            "DATABASE_URL": f"sqlite:///{database}",
            "REDIS_URL": settings.REDIS_URL,
            "HOST": HOST,
            "PORT": str(self.port),
            "READY_FILE": str(self.ready),
        }

    def start(self) -> None:
        prepare = [sys.executable, "-m", "commands.prepare"]
        subprocess.run(prepare, env=self.environment, cwd=settings.ROOT, check=True)
        self.ready.unlink(missing_ok=True)
        self.begin("worker", servers.worker(1))
        self.start_server()
        wait_until(self.ready.exists, "the worker is ready", PATIENCE)
        self.begin("beat", servers.beat())

    def start_server(self) -> None:
        self.begin("server", servers.WEB)
        wait_until(lambda: answers(HOST, self.port), "the web server answers", PATIENCE)

    def begin(self, name: str, command: list[str]) -> None:
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=settings.ROOT, env=self.environment, stdout=log, stderr=log
            )

    def end(self, name: str, *, harshly: bool = False) -> None:
        """End a process by its id: with SIGTERM, or, if `harshly`, as in a crash."""
        process = self.running.pop(name)
        if harshly:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.end(name)

    def log(self, name: str) -> Path:
        """The log of a process since its first start."""
        return Path(settings.VAR) / f"{name}.log"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
