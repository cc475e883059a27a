"""`bin/test --next`: the tests on the newest Django, with the newest Python that this machine has.

The environment is `var/next`. It holds what the lock file names, with another Django.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from commands.environment import OLDEST, ROOT, TEST, VAR, Progress, Stop, quietly, run_step, say

VENV = Path(VAR, "next")
PYENVS = ("~/.pyenv", "/opt/pyenv")
DJANGO = re.compile(r"^django==(\S+)(?: \\\n +--hash=\S+)*\n", re.MULTILINE)  # its lines in a lock file
AT_LEAST = re.compile(r">=\s*(\d+)\.(\d+)")


class Python(NamedTuple):
    version: tuple[int, ...]
    path: str

    def __str__(self) -> str:
        return "Python " + ".".join(map(str, self.version))


class Django(NamedTuple):
    version: str
    pythons: str  # those that it runs on, as in ">=3.12"

    def __str__(self) -> str:
        return f"Django {self.version}"

    def runs_on(self, python: Python) -> bool:
        found = AT_LEAST.search(self.pythons)
        return found is None or python.version >= tuple(map(int, found.groups()))


def main(arguments: list[str]) -> int:
    """Run `bin/test` with `arguments` there, and say on what. Returns 1 if it cannot be installed."""
    locked, others = read_lock()
    try:
        python = newest_python()
        make(python)
        django = newest_django()
        if django.version == locked and python.version[:2] == sys.version_info[:2]:
            say(f"Nothing newer than {django} and {python}: bin/test runs on these.")
            return 0
        if not django.runs_on(python):
            raise Stop(f"{django} needs Python {django.pythons}, and the newest here is {python}.")
        install(python, django, others)
    except Stop as stop:
        say(f"{stop}\nNo test ran on the newest Django.")
        return 1
    said = f"On {django} with {python}. Without --next it is Django {locked}."
    say(said)
    command = [str(VENV / "bin" / "python"), f"{ROOT}/bin/test", *arguments]
    code = subprocess.call(command, env=os.environ | {"KITH_VENV": str(VENV)})
    say(said)
    return code


def read_lock() -> tuple[str, str]:
    """The version of Django in the lock file, and the lock file without Django."""
    lock = Path(ROOT, TEST).read_text()
    found = DJANGO.search(lock)
    assert found, f"{TEST} names no Django"
    return found[1], lock.replace(found[0], "")


def newest_python() -> Python:
    """The newest Python on the PATH or of pyenv; the one that runs this if there is no newer one."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for pyenv in filter(None, (os.environ.get("PYENV_ROOT"), *PYENVS)):
        folders += map(str, Path(pyenv).expanduser().glob("versions/*/bin"))
    found = {path for folder in folders for path in Path(folder).glob("python3.*")}
    paths = {Path(sys.executable), *(path for path in found if path.suffix[1:].isdecimal())}
    return max(filter(None, map(ask_version, paths)))


def ask_version(path: Path) -> Python | None:
    """What a program is by its own account. None if Kith does not run on it, or if it is no final release."""
    code, said = quietly([str(path), "-c", "import sys; print(*sys.version_info[:4])"])
    words = "".join(said).split()
    if code or words[3:] != ["final"]:
        return None
    version = tuple(map(int, words[:3]))
    return Python(version, str(path)) if version >= OLDEST else None


def make(python: Python) -> None:
    """Make an empty environment, unless there is one of this Python."""
    if stamped("python") == str(python):
        return
    say(f"Making an environment of {python} in {VENV} ...")
    shutil.rmtree(VENV, ignore_errors=True)
    run_step([python.path, "-m", "venv", str(VENV)])
    stamp("python", str(python))


def newest_django() -> Django:
    """The newest release, whichever Python it needs. Raises Stop if no package index answers."""
    asked = ["install", "--dry-run", "--no-deps", "--ignore-installed", "--ignore-requires-python"]
    with tempfile.NamedTemporaryFile("r", prefix="kith-django-") as report:
        run_step(pip(*asked, "--report", report.name, "django"))
        found = json.load(report)["install"][0]["metadata"]
    return Django(found["version"], found.get("requires_python", ""))


def install(python: Python, django: Django, lock: str) -> None:
    """Install a lock file and then Django, unless these are installed. Raises Stop if one cannot be."""
    wanted = hashlib.sha256(f"{python} {django.version} {lock}".encode()).hexdigest()
    if stamped("digest") == wanted:
        return
    with tempfile.NamedTemporaryFile("w", prefix="kith-lock-", suffix=".txt") as file:
        file.write(lock)
        file.flush()
        packages = pip("install", "--no-deps", "--require-hashes", "--requirement", file.name)
        run_step(packages, Progress(lock.count("==")))
    run_step(pip("install", f"django=={django.version}"))
    stamp("digest", wanted)


def pip(command: str, *arguments: str) -> list[str]:
    quiet = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off")
    return [str(VENV / "bin" / "python"), "-m", "pip", command, *quiet, *arguments]


def stamped(name: str) -> str:
    file = VENV / f"kith-{name}"
    return file.read_text() if file.exists() else ""


def stamp(name: str, value: str) -> None:
    (VENV / f"kith-{name}").write_text(value)
