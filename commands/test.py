"""`bin/test`: run all checks and tests, or some of the tests."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from commands import environment, newest
from commands.environment import ROOT, say
from commands.programs import CHROMIUM, HEADLESS_SHELL, NGINX, PGBOUNCER

MOST_CORES = 8  # each has a browser and servers of its own, of some 700 MB
CORES = str(min(MOST_CORES, len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1))
FAULTS = "tests/faults"
QUICK = "\nNOT IN THIS RUN: what databases may answer differently, on PostgreSQL: bin/test --whole"
SLOW = re.compile(r"^(@|pytestmark = |.*marks=)\[?pytest\.mark\.slow\b", re.MULTILINE)
# What databases may answer differently: all that reads and writes, and pages that hand on what people typed.
ON_BOTH = (
    "tests/feeds",
    "tests/network/actions",
    "tests/network/commands",
    "tests/network/migrations",
    "tests/network/queries",
    "tests/network/test_[!t]*.py",  # texts know no database
    "tests/network/views/test_bad_input.py",
    "tests/network/views/test_breaking.py",
    "tests/network/views/test_explore.py",
    "tests/network/views/test_names_at_once.py",
    "tests/safety",
    "tests/samples/test_import_graph.py",
    "tests/samples/test_simulate.py",
    "tests/test_admin_pages.py",
)
STOCK_SERVERS = ("daphne", "uvicorn")  # beside Kith's own, for live pages
CHECKS = {
    "ruff": "ruff check .",
    "ruff format": "ruff format --check .",
    "mypy": "mypy",
    "import-linter": "lint-imports",
    "migrations": "manage.py makemigrations --check --dry-run",
    "deployment": "manage.py check --deploy --fail-level WARNING",
    "templates": "djlint templates --lint --quiet",
}


@dataclass
class Tally:
    """The results so far."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    took: list[str] = field(default_factory=list)

    def note(self, name: str, *, good: bool) -> None:
        self.passed += good
        self.failed += not good
        if not good:
            self.failures.append(name)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Run all checks and tests, or only the tests in PATH (other options go to pytest).",
    )
    parser.add_argument(
        "--all", action="store_true", help="the slow tests too, and live pages on all servers"
    )
    parser.add_argument(
        "--whole",
        action="store_true",
        help="the gate: on PostgreSQL too, and fail if anything had to be left out",
    )
    parser.add_argument("--next", action="store_true", help="on the newest Django and Python that can be had")
    options, rest = parser.parse_known_args(arguments)
    if options.next:
        return newest.main([word for word in arguments if word != "--next"])
    tally = Tally()
    markers = [] if options.all else ["not slow"]
    for program in (CHROMIUM, NGINX, PGBOUNCER) if options.all else (CHROMIUM,):
        if not program.provide():
            markers.append(f"not {program.marker}")
            tally.left_out.append(f"{program.tests}, for there is no {program.name} here: install it")
    if rest:
        return subprocess.call(pytest([*rest, "-m", " and ".join(markers)]))
    if CHROMIUM.path:
        HEADLESS_SHELL.provide()
    started = time.monotonic()
    os.chdir(ROOT)
    is_gate = options.whole or options.all
    # Many tests wait for processes and a browser: meanwhile those on PostgreSQL have the cores.
    beside = [on_postgresql(markers)] if is_gate else []
    run_checks(tally)
    # Alone, they leave a third of the cores' time unused.
    Part("tests", ["tests"], markers, extra=0 if is_gate else 1).count(tally)
    for part in beside:
        part.count(tally)
    if options.all:
        for server in STOCK_SERVERS:
            Part(f"live pages on {server}", with_a_server(), markers, KITH_TEST_SERVER=server).count(tally)
    else:
        say(outside_the_gate() if is_gate else QUICK + outside_the_gate())
    return close(tally, time.monotonic() - started, whole=options.whole)


def found(patterns: Iterable[str]) -> list[str]:
    return [str(path) for pattern in patterns for path in sorted(Path().glob(pattern))]


def with_a_server() -> list[str]:
    """The tests of live pages that start a web server."""
    paths = found(["tests/realtime/**/test_*.py"])
    return [path for path in paths if "tests.support.realtime.sockets" in Path(path).read_text()]


def outside_the_gate() -> str:
    """What the gate leaves out, each with the command that runs it."""
    slow = [path for path in found(["tests/**/test_*.py"]) if SLOW.search(Path(path).read_text())]
    others = " ".join(path for path in slow if not path.startswith(FAULTS))
    lines = [
        f"killed processes, several machines, nginx and pgbouncer: bin/test --all {FAULTS}",
        f"the other slow tests: bin/test --all {others}",
        *(
            f"live pages on {server}: KITH_TEST_SERVER={server} bin/test tests/realtime"
            for server in STOCK_SERVERS
        ),
    ]
    return "".join(f"\nNOT IN THE GATE: {line}" for line in lines)


def run_checks(tally: Tally) -> None:
    """What can be said without running Kith, as many at a time as there are cores."""
    with tempfile.TemporaryDirectory(prefix="kith-check-") as folder, ThreadPoolExecutor(int(CORES)) as pool:
        settings = os.environ | {"KITH_VAR": folder, "PUBLIC_URL": "https://kith.example"}
        for name in ("DATABASE_URL", "REDIS_URL"):
            settings.pop(name, None)

        def check(name: str) -> tuple[str, subprocess.CompletedProcess[str], float]:
            started = time.monotonic()
            done = subprocess.run(
                words(CHECKS[name]), env=settings, capture_output=True, text=True, check=False
            )
            return name, done, time.monotonic() - started

        for name, done, seconds in pool.map(check, CHECKS):
            tally.note(name, good=done.returncode == 0)
            say(f"{name}: {'good' if done.returncode == 0 else 'FAILED'} ({seconds:.1f} s)")
            if done.returncode:
                say(done.stdout + done.stderr)


def words(command: str) -> list[str]:
    """Return a command, with its program in Kith's own environment."""
    first, *rest = command.split()
    if first.endswith(".py"):
        return [sys.executable, first, *rest]
    return [str(Path(environment.PYTHON).with_name(first)), *rest]


def pytest(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "--rootdir", ROOT, "-c", f"{ROOT}/pyproject.toml", *arguments]


class Part:
    """One run of pytest on all cores, by a process for each and `extra` ones.

    With `buffered`, for parallel runs, `count` prints its output.
    """

    def __init__(
        self,
        name: str,
        paths: list[str],
        markers: list[str],
        *,
        buffered: bool = False,
        extra: int = 0,
        **settings: str,
    ) -> None:
        self.name, self.began = name, time.monotonic()
        self.folder = tempfile.TemporaryDirectory(prefix="kith-report-")
        self.report = Path(self.folder.name) / "report.xml"
        self.output = tempfile.TemporaryFile() if buffered else None  # noqa: SIM115 - closed by `count`
        spread = ["-n", str(int(CORES) + extra), "--dist", "worksteal", "-q", f"--junitxml={self.report}"]
        command = pytest([*spread, "-m", " and ".join(markers), *paths])
        if not buffered:
            say(f"\n{name}:")
        self.process = subprocess.Popen(
            command, env=os.environ | settings, stdout=self.output, stderr=self.output and subprocess.STDOUT
        )

    def count(self, tally: Tally) -> None:
        """Wait until it has ended, and add its results. A run without tests is a failure."""
        code = self.process.wait()
        seconds = time.monotonic() - self.began
        if self.output is not None:
            self.output.seek(0)
            say(f"\n{self.name}:\n{self.output.read().decode(errors='replace')}")
            self.output.close()
        with self.folder:
            if not self.report.exists():
                tally.note(self.name, good=False)
                return
            counts = next(ET.parse(self.report).getroot().iter("testsuite")).attrib
        tally.took.append(f"{self.name}: {counts['tests']} in {seconds:.0f} s")
        failed = int(counts["failures"]) + int(counts["errors"])
        tally.failed += failed
        tally.skipped += int(counts["skipped"])
        tally.passed += int(counts["tests"]) - failed - int(counts["skipped"])
        if failed:
            tally.failures.append(self.name)
        elif code:
            tally.note(self.name, good=False)


def on_postgresql(markers: list[str]) -> Part:
    """Start the tests that databases may answer differently, on PostgreSQL."""
    paths = found(ON_BOTH)
    return Part("tests on PostgreSQL", paths, markers, buffered=True, TEST_DATABASE="postgresql")


def close(tally: Tally, seconds: float, *, whole: bool) -> int:
    """Print the last lines. Return the exit code."""
    say("")
    if tally.skipped:
        tally.left_out.append(f"{tally.skipped} tests that were skipped: their reasons are above")
    for thing in tally.left_out:
        say(f"LEFT OUT: {thing}.")
    if whole and tally.left_out:
        tally.note("nothing may be left out", good=False)
    for name in tally.failures:
        say(f"FAILED: {name}")
    say("; ".join([*tally.took, f"all in {seconds:.0f} s on {CORES} cores"]) + ".")
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failures else 0
