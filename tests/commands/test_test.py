"""`bin/test` reports its results, and never calls a failure good."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.environment import ROOT
from commands.programs import CHROMIUM, HEADLESS_SHELL
from commands.test import (
    ON_BOTH,
    STOCK_SERVERS,
    Part,
    Tally,
    close,
    found,
    main,
    outside_the_gate,
    with_a_server,
)
from tests.support.realtime.server_command import STOCK

# Options for a run of tests that need nothing of Kith's. The plugin of Hypothesis takes as long as the rest.
SMALL = ("--noconftest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")

Run = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def part(tmp_path: Path) -> Run:
    """A function that runs `bin/test` on a file with the given text, in another folder."""

    def run(text: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "test_part.py").write_text(text)
        command = [sys.executable, f"{ROOT}/bin/test", "test_part.py", *SMALL]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(autouse=True)
def same_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_VENV", sys.prefix)


def test_a_part_that_passes(part: Run) -> None:
    done = part("def test_it(): pass")
    assert (done.returncode, "1 passed" in done.stdout) == (0, True)


@pytest.mark.parametrize("text", ["def test_it(): assert False", ""])
def test_a_part_that_fails(part: Run, text: str) -> None:
    assert part(text).returncode != 0


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (
            "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pytest.skip('')",
            (1, 1, 1),
        ),
        ("1 / 0", (0, 1, 0)),
        ("", (0, 1, 0)),
    ],
)
def test_a_run_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, counted: tuple[int, int, int]
) -> None:
    monkeypatch.setattr("commands.test.CORES", "0")  # no more processes: these tests are small
    (tmp_path / "test_part.py").write_text(text)
    tally = Tally()
    Part("part", [str(tmp_path), *SMALL], ["not slow"]).count(tally)
    assert (tally.passed, tally.failed, tally.skipped) == counted
    assert bool(tally.failures) == (counted[1] > 0)


def test_the_last_line_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert close(Tally(passed=3), 1, whole=True) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed, 0 skipped\n"


def test_omitted_tests_are_reported_and_fail_a_whole_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def tally() -> Tally:
        return Tally(passed=3, left_out=["the tests in a browser"])

    assert close(tally(), 1, whole=False) == 0
    assert "LEFT OUT: the tests in a browser." in capsys.readouterr().err
    assert close(tally(), 1, whole=True) == 1
    assert close(Tally(passed=3, skipped=1), 1, whole=True) == 1


def test_tests_outside_the_gate_are_listed_with_their_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    faults, others, *servers = outside_the_gate().strip().splitlines()
    assert faults.endswith(": bin/test --all tests/faults")
    assert [line.rpartition(": ")[2] for line in servers] == [
        f"KITH_TEST_SERVER={server} bin/test tests/realtime" for server in STOCK_SERVERS
    ]
    _said, _all, named = others.partition("bin/test --all ")
    asked = ["--collect-only", "-q", "-m", "slow", "-p", "no:cacheprovider", "tests"]
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", *asked], capture_output=True, text=True, check=True
    )
    slow = {line.partition("::")[0] for line in collected.stdout.splitlines() if "::" in line}
    assert {path for path in slow if not path.startswith("tests/faults/")} == set(named.split())


def test_each_pattern_of_tests_on_both_databases_matches() -> None:
    for pattern in ON_BOTH:
        assert list(Path(ROOT).glob(pattern)), pattern


def test_all_realtime_tests_that_start_a_server_run_on_stock_servers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    starting = [
        path for path in found(["tests/realtime/**/test_*.py"]) if "with server(" in Path(path).read_text()
    ]
    assert starting
    assert set(starting) <= set(with_a_server())
    assert set(STOCK_SERVERS) == set(STOCK)


def test_a_failed_check_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(passed=3)
    tally.note("mypy", good=False)
    assert close(tally, 1, whole=False) == 1
    assert "FAILED: mypy" in capsys.readouterr().err


def test_chromium_is_not_provided_without_an_executable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no apt-get either
    monkeypatch.setenv("CHROMIUM", "")
    assert not CHROMIUM.provide()
    (tmp_path / "chromium").touch(mode=0o755)
    assert CHROMIUM.provide()


def test_only_the_gate_runs_on_postgresql(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[str] = []

    class Started:
        def __init__(self, name: str, *_: object, **__: object) -> None:
            started.append(name)

        def count(self, tally: Tally) -> None:
            tally.passed += 1

    monkeypatch.setattr("commands.test.Part", Started)
    monkeypatch.setattr("commands.test.run_checks", lambda tally: None)
    monkeypatch.setattr("commands.programs.Program.provide", lambda self: True)
    assert main([]) == 0
    assert started == ["tests"]
    assert "NOT IN THIS RUN" in capsys.readouterr().err
    started.clear()
    assert main(["--whole"]) == 0
    assert started == ["tests on PostgreSQL", "tests"]
    assert "NOT IN THIS RUN" not in capsys.readouterr().err


def test_a_program_may_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").touch(mode=0o755)
    for program, variable in ((CHROMIUM, "CHROMIUM"), (HEADLESS_SHELL, "CHROMIUM_HEADLESS_SHELL")):
        monkeypatch.setenv(variable, str(tmp_path / "mine"))
        assert program.path == str(tmp_path / "mine")


def test_a_missing_program_is_installed_by_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CHROMIUM", "")
    monkeypatch.setattr("os.getuid", lambda: 0)
    asked: list[str] = []

    def install(package: str) -> None:
        asked.append(package)
        (tmp_path / "google-chrome").touch(mode=0o755)

    monkeypatch.setattr("commands.environment.apt_install", install)
    assert CHROMIUM.provide()
    assert CHROMIUM.provide()
    assert asked == ["chromium"]
    assert os.environ["CHROMIUM"] == str(tmp_path / "google-chrome")
