"""The demo of this version and of a former one, running at the same time, each with its own data."""

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
SIGN_IN = (VISITOR, "limpets-go-home")  # the password that the demo prints


@dataclass(frozen=True)
class Site:
    """A running demo: its folder of data, and its one web process."""

    folder: Path
    server: Server

    def cpu(self, visitor: Visitor, address: str, times: int) -> float:
        """The CPU of the web process for one request, in milliseconds."""
        before = self.server.cpu()
        visitor.rate(address, times)
        return (self.server.cpu() - before) / times


def checkout(folder: Path) -> Path:
    """Write the files of the baseline to a new folder. Raises Stop if this clone does not have its commit."""
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
    """Run the demo of a checkout with its `bin/run --demo`, in the environment of this Python."""
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
    """Run Kith's server with a Django view that has a constant body, on the data of a site."""
    processes, port = Processes(), free_port()
    command = [sys.executable, "-m", "bench.baselines.servers", "view", str(port)]
    try:
        processes.start("The web server", command, {"KITH_VAR": str(site.folder)})
        processes.wait_until(lambda: answers(port), "The web server")
        yield Server(port, processes.running["The web server"].pid)
    finally:
        processes.stop()
