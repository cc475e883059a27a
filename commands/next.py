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

from commands.environment import OLDEST, ROOT, TEST, VAR, Progress, Stop, attempt, quietly, say

VENV = Path(VAR, "next")
PYENVS = ("~/.pyenv", "/root/.pyenv", "/opt/pyenv")
LOCKED = re.compile(r"^django==(\S+) (?:.*\\\n)*.*\n", re.MULTILINE)  # with the lines of its hashes


class Python(NamedTuple):
    version: tuple[int, ...]
    path: str

    def __str__(self) -> str:
        return "Python " + ".".join(map(str, self.version))


def main(arguments: list[str]) -> int:
    """Run `bin/test` with `arguments` there. Returns 1 where the newest Django cannot be installed."""
    lock = Path(ROOT, TEST).read_text()
    locked = LOCKED.search(lock)
    assert locked, f"{TEST} names no Django"
    try:
        python = newest_python()
        make(python)
        django = newest_django()
        if django == locked[1] and python.version[:2] == sys.version_info[:2]:
            say(f"Nothing is newer than Django {django} and {python}: bin/test runs on these.")
            return 0
        install(python, django, lock.replace(locked[0], ""))
    except Stop as stop:
        say(f"{stop}\nNo test ran on the newest Django.")
        return 1
    said = f"On Django {django} with {python}. Without --next it is Django {locked[1]}."
    say(said)
    code = subprocess.call([VENV / "bin" / "python", f"{ROOT}/bin/test", *arguments], env=surroundings())
    say(said)
    return code


def surroundings() -> dict[str, str]:
    return {**os.environ, "KITH_VENV": str(VENV)}


def newest_python() -> Python:
    """The newest Python on the PATH, of pyenv, or the one that runs this."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    for pyenv in filter(None, (os.environ.get("PYENV_ROOT"), *PYENVS)):
        folders += map(str, Path(pyenv).expanduser().glob("versions/*/bin"))
    paths = {path for folder in folders for path in Path(folder).glob("python3.*") if path.suffix[1:].isdecimal()}
    return max(filter(None, map(version_of, {Path(sys.executable), *paths})))


def version_of(path: Path) -> Python | None:
    """What a program says that it is. None where it is no Python that Kith runs on, or an unfinished one."""
    code, said = quietly([str(path), "-c", "import sys; print(*sys.version_info[:4])"])
    words = "".join(said).split()
    if code or len(words) != 4 or words[3] != "final":
        return None
    version = tuple(map(int, words[:3]))
    return Python(version, str(path)) if version >= OLDEST else None


def make(python: Python) -> None:
    """Make an empty environment, unless there is one of this Python."""
    if stamped("python") == str(python):
        return
    say(f"Making an environment of {python} in {VENV} ...")
    shutil.rmtree(VENV, ignore_errors=True)
    attempt([python.path, "-m", "venv", str(VENV)])
    stamp("python", str(python))


def newest_django() -> str:
    """The newest release, whichever Python it needs. Raises Stop where no package index answers."""
    asked = ["install", "--dry-run", "--no-deps", "--ignore-installed", "--ignore-requires-python"]
    with tempfile.NamedTemporaryFile("r", prefix="kith-django-") as report:
        attempt(pip(*asked, "--report", report.name, "django"))
        return str(json.load(report)["install"][0]["metadata"]["version"])


def install(python: Python, django: str, lock: str) -> None:
    """Install the lock file without Django, then Django; nothing where just that is there already."""
    wanted = hashlib.sha256(f"{python} {django} {lock}".encode()).hexdigest()
    if stamped("digest") == wanted:
        return
    with tempfile.NamedTemporaryFile("w", prefix="kith-lock-", suffix=".txt") as file:
        file.write(lock)
        file.flush()
        attempt(
            pip("install", "--no-deps", "--require-hashes", "--requirement", file.name), Progress(lock.count("=="))
        )
    attempt(pip("install", f"django=={django}"))
    stamp("digest", wanted)


def pip(*arguments: str) -> list[str]:
    quiet = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off")
    return [str(VENV / "bin" / "python"), "-m", "pip", *arguments[:1], *quiet, *arguments[1:]]


def stamped(name: str) -> str:
    file = VENV / f"kith-{name}"
    return file.read_text() if file.exists() else ""


def stamp(name: str, value: str) -> None:
    (VENV / f"kith-{name}").write_text(value)
