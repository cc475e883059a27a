"""`bin/test --next` finds the newest Python and Django, prints the versions, and fails if no test ran."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import environment, newest

HERE = newest.Python(tuple(sys.version_info[:3]), sys.executable)
NEWER = newest.Python((*sys.version_info[:1], sys.version_info[1] + 1, 0), "/elsewhere/python")
LOCKED = newest.read_lock()[0]
NEWEST = newest.Django("99.1", ">=3.12")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A function that makes a program which reports a version as Python does. No other Python is found."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(newest, "PYENVS", ())

    def make(where: str, version: str) -> Path:
        path = tmp_path / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\necho {version}\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The printed lines. Nothing is installed and no test runs: each step adds a line instead."""
    lines: list[str] = []
    monkeypatch.setattr(newest, "say", lines.append)
    monkeypatch.setattr(newest, "make", lambda python: None)
    monkeypatch.setattr(newest, "install", lambda *wanted: lines.append("installed"))
    monkeypatch.setattr(
        newest.subprocess, "call", lambda command, env: lines.append(" ".join(command[2:])) or 7
    )
    return lines


def test_the_newest_python_is_found_on_the_path_and_with_pyenv(program: Callable[[str, str], Path]) -> None:
    program("bin/python3.98", "3 98 0 final")
    found = program("pyenv/versions/3.100.2/bin/python3.100", "3 100 2 final")
    program("pyenv/versions/3.101.0/bin/python3.101", "3 101 0 alpha")
    program("bin/python3.102-config", "3 102 0 final")
    assert newest.newest_python() == ((3, 100, 2), str(found))


def test_a_program_that_is_not_a_supported_python_is_ignored(program: Callable[[str, str], Path]) -> None:
    program("bin/python3.98", "pyenv: no such version; exit 127")
    program("bin/python3.97", "")
    program("bin/python3.4", "3 4 0 final")
    assert newest.newest_python() == HERE


def test_it_runs_the_named_tests_and_prints_the_versions(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "newest_python", lambda: NEWER)
    monkeypatch.setattr(newest, "newest_django", lambda: NEWEST)
    assert newest.main(["tests/feeds", "-k", "home"]) == 7, "the exit code of the tests"
    on = f"On Django 99.1 with {NEWER}. Without --next it is Django {LOCKED}."
    assert said == ["installed", on, "tests/feeds -k home", on]


def test_it_fails_if_no_package_index_answers(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> newest.Django:
        raise environment.Stop("No route to host")

    monkeypatch.setattr(newest, "newest_python", lambda: NEWER)
    monkeypatch.setattr(newest, "newest_django", fail)
    assert newest.main([]) == 1
    assert said == ["No route to host\nNo test ran on the newest Django."]


def test_it_fails_if_no_python_is_new_enough(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "newest_python", lambda: newest.Python((3, 11, 7), "/elsewhere/python"))
    monkeypatch.setattr(newest, "newest_django", lambda: NEWEST)
    assert newest.main([]) == 1
    assert said == [
        "Django 99.1 needs Python >=3.12, and the newest here is Python 3.11.7.\nNo test ran on the newest Django."
    ]


def test_it_runs_nothing_if_nothing_is_newer(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "newest_python", lambda: HERE)
    monkeypatch.setattr(newest, "newest_django", lambda: newest.Django(LOCKED, ">=3.10"))
    assert newest.main([]) == 0
    assert said == [f"Nothing newer than Django {LOCKED} and {HERE}: bin/test runs on these."]


def test_the_lock_is_unchanged_except_for_django() -> None:
    version, others = newest.read_lock()
    lock = Path(environment.ROOT, environment.TEST).read_text()
    gone = set(lock.splitlines()) - set(others.splitlines())
    assert f"django=={version} \\" in gone
    assert all("--hash" in line for line in gone - {f"django=={version} \\"})
    assert others.count("==") == lock.count("==") - 1
