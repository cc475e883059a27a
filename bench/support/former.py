"""The demo of this version and of a former one, side by side, each with data of its own."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.support.acting import family
from bench.support.http import Visitor
from bench.support.running import Server, answers, free_port
from commands.environment import ROOT, Stop
from commands.processes import Processes

HERE = Path(ROOT)
BASELINE = "b164ee2"
VISITOR = "noor"
SIGN_IN = (VISITOR, "limpets-go-home")  # as the demo says when it is ready


@dataclass(frozen=True)
class Site:
    """A demo that runs: its folder of data, and its one web process."""

    folder: Path
    server: Server

    def cpu(self, visitor: Visitor, address: str, times: int) -> float:
        """Milliseconds of CPU that its web process takes for one request."""
        before = self.server.cpu()
        visitor.rate(address, times)
        return (self.server.cpu() - before) / times


def checkout(folder: Path) -> Path:
    """The files of the baseline, in a new folder. Raises Stop where this clone does not have its commit."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", BASELINE], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        raise Stop(
            f"The baseline is commit {BASELINE}, which this clone lacks: run `git fetch --unshallow origin`."
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@contextmanager
def demo(checkout: Path, folder: Path) -> Iterator[Site]:
    """The demo of a checkout, as its `bin/run --demo` starts it, in this Python's environment."""
    processes, port = Processes(), free_port()
    environment = {"KITH_VAR": str(folder), "KITH_VENV": sys.prefix, "HOST": "127.0.0.1", "PORT": str(port)}
    folder.mkdir()
    try:
        command = [sys.executable, str(checkout / "bin" / "run"), "--demo"]
        processes.start("The demo", command, environment)
        processes.wait_until(lambda: answers(port), "The demo", seconds=600)
        yield Site(folder / "demo", Server(port, _web_process(processes.running["The demo"].pid)))
    finally:
        processes.stop()


def _web_process(runner: int) -> int:
    for pid in family(runner):
        if b"realtime.server" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise Stop("The demo has no web server.")


@contextmanager
def constant_view(site: Site) -> Iterator[Server]:
    """Kith's server with a Django view that gives the same body to everybody, beside a site."""
    processes, port = Processes(), free_port()
    command = [sys.executable, "-m", "bench.baselines.servers", "view", str(port)]
    try:
        processes.start("The web server", command, {"KITH_VAR": str(site.folder)})
        processes.wait_until(lambda: answers(port), "The web server")
        yield Server(port, processes.running["The web server"].pid)
    finally:
        processes.stop()
