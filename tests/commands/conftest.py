"""Fixtures that start Kith from a copy of its files, as a person would, and stop it after the test."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.support.waiting import wait_until

COPIED = (
    "bench",
    "bin",
    "commands",
    "feeds",
    "network",
    "realtime",
    "safety",
    "samples",
    "static",
    "templates",
)


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kith's files without data, as in a clone."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        if (settings.ROOT / name).exists():
            shutil.copytree(settings.ROOT / name, folder / name)
    for path in ("manage.py", "requirements.txt", "requirements-test.txt"):
        shutil.copy(settings.ROOT / path, folder)
    return folder


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(scope="session")
def data(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a Kith that was prepared and never started. Tests copy it."""
    folder = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "commands.prepare"]
    subprocess.run(command, cwd=copy, env=environment_of(folder, free_port()), check=True)
    return folder


@pytest.fixture
def prepared(data: Path, var: Path) -> None:
    """Prepared data for a test, because the first start takes longer than later ones."""
    shutil.copytree(data, var)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def environment(var: Path, port: int) -> dict[str, str]:
    return environment_of(var, port)


def environment_of(var: Path, port: int) -> dict[str, str]:
    """The environment of a person who starts Kith. It uses the packages that run these tests."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONWARNINGS") if name in os.environ
    }
    return kept | {"KITH_VAR": str(var), "KITH_VENV": sys.prefix, "PORT": str(port)}


class Running:
    """A running command and its output."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = psutil.Popen(command, env=environment, stdout=output, stderr=output)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def has_said(self, words: str) -> bool:
        """Whether the output contains `words`. Fails if the command has ended without them."""
        ended = self.process.poll() is not None
        assert not ended or words in self.said, self.said
        return words in self.said

    def family(self) -> list[psutil.Process]:
        """The command and all of its descendants."""
        return [self.process, *self.process.children(recursive=True)]

    def parts(self, name: str) -> list[psutil.Process]:
        """The processes of a part, parents before children."""

        def is_it(process: psutil.Process) -> bool:
            with contextlib.suppress(psutil.NoSuchProcess):
                return any(Path(word.partition(" ")[0]).name == name for word in process.cmdline())
            return False

        return [process for process in self.family() if is_it(process)]


def all_gone(processes: list[psutil.Process]) -> bool:
    return all(is_gone(process) for process in processes)


def is_gone(process: psutil.Process) -> bool:
    """Whether the process has ended. A zombie has ended, even if its parent has not waited for it."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def start(copy: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """A function that starts `bin/run` with changed settings. The command is stopped after the test."""
    started: list[Running] = []

    def begin(*arguments: str, **differing: str) -> Running:
        command = [sys.executable, str(copy / "bin" / "run"), *arguments]
        running = Running(command, environment | differing, tmp_path / f"log-{len(started)}")
        started.append(running)
        return running

    yield begin
    for running in started:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
            running.process.wait(60)


@pytest.fixture
def ready(start: Callable[..., Running]) -> Callable[..., Running]:
    """A function that starts `bin/run` and waits until it says that Kith is ready."""

    def begin(*arguments: str, **differing: str) -> Running:
        running = start(*arguments, **differing)
        wait_until(lambda: running.has_said("Kith is ready"), "bin/run gets ready", 120)
        return running

    return begin


@pytest.fixture
def refusal(copy: Path, environment: dict[str, str]) -> Callable[..., str]:
    """A function that runs `bin/run`, which must fail, and returns the sentence that it prints."""

    def run(*arguments: str, **differing: str) -> str:
        done = subprocess.run(
            [sys.executable, str(copy / "bin" / "run"), *arguments],
            env=environment | differing,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode not in (0, 130)
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    return run
