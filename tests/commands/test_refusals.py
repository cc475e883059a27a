"""When `bin/run` cannot start, it prints the reason in one plain sentence."""

import ast
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Running

Refusal = Callable[..., str]


def test_a_taken_port(refusal: Refusal, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        said = refusal()
    assert said == f"Port {port} is taken by another program: stop that, or choose another port with PORT=..."


@pytest.mark.parametrize("wrong", ["no", "0", "65536", "-1", "8000.5"])
def test_an_invalid_port(refusal: Refusal, wrong: str) -> None:
    assert refusal(PORT=wrong) == f"PORT is {wrong!r}, and must be a number from 1 to 65535."


def test_a_host_of_another_machine(refusal: Refusal) -> None:
    assert "cannot listen on 192.0.2.1" in refusal(HOST="192.0.2.1")


def test_a_folder_that_is_not_writable(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "var"
    assert refusal(KITH_VAR=str(folder)).startswith(f"Kith cannot write to {folder} (")


def test_a_redis_that_does_not_answer(refusal: Refusal, tmp_path: Path) -> None:
    said = refusal(REDIS_URL=f"unix://{tmp_path}/none")
    assert said.startswith(f"No Redis answers at unix://{tmp_path}/none (")
    assert said.endswith("start it, or correct REDIS_URL.")


def test_an_invalid_redis_address(refusal: Refusal) -> None:
    assert "No Redis answers at nonsense" in refusal(REDIS_URL="nonsense")


def test_the_password_of_a_redis_is_not_shown(refusal: Refusal) -> None:
    said = refusal(REDIS_URL="redis://me:hush@127.0.0.1:1/0")
    assert "127.0.0.1:1/0" in said
    assert "hush" not in said


def test_a_database_that_does_not_answer(refusal: Refusal) -> None:
    said = refusal(DATABASE_URL="postgresql://me:hush@127.0.0.1:1/kith").splitlines()
    assert said[0].startswith("The database does not answer: ")
    assert said[0].endswith("Start it, or correct DATABASE_URL.")
    assert said[1:] == ["Kith has not been started."]
    assert "hush" not in said[0]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("PUBLIC_URL", "kith.example"), ("DATABASE_URL", "nonsense"), ("EMAIL_URL", "nonsense")],
)
def test_an_invalid_setting(refusal: Refusal, name: str, wrong: str) -> None:
    said = refusal(**{name: wrong}).splitlines()
    assert said[0].startswith("A setting is wrong: ")
    assert name in said[0]
    assert said[1:] == ["Kith has not been started."]


def test_a_second_kith_on_the_same_data(
    prepared: None, ready: Callable[..., Running], refusal: Refusal, var: Path
) -> None:
    ready()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    said = refusal(PORT=str(free))
    assert said == f"Kith already runs on the data in {var}: stop it first, or set KITH_VAR."


def test_a_demo_on_real_data(refusal: Refusal) -> None:
    assert "unset DATABASE_URL" in refusal("--demo", DATABASE_URL="sqlite:////tmp/kith.sqlite3")


@pytest.mark.parametrize("version", [(3, 7), (3, 8), (3, 9), (3, 10)])
def test_an_old_python(copy: Path, version: tuple[int, int]) -> None:
    """An old Python must be able to parse the first modules, so that it can print the sentence."""
    for path in [copy / "commands" / "environment.py", *(copy / "bin").iterdir()]:
        ast.parse(path.read_text(), str(path), feature_version=version)
    pretend = f"import sys; sys.version_info = ({version[0]}, {version[1]}, 0, 'final', 0)"
    enter = "from commands import environment; environment.enter()"
    command = [sys.executable, "-c", f"{pretend}; {enter}"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Kith needs Python 3.11 or newer; this is {version[0]}.{version[1]}.\n"
