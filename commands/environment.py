"""Kith's own Python environment, made from the lock files when it is missing or out of date.

Every command in `bin/` starts here, before anything is installed. So this module imports the standard library
alone, and uses a syntax that an old Python can read, so that it can say that it is too old.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from typing import Dict, List, Optional, Tuple

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VAR = os.path.abspath(os.environ.get("KITH_VAR") or os.path.join(ROOT, "var"))
VENV = os.path.abspath(os.environ.get("KITH_VENV") or os.path.join(VAR, "venv"))
PYTHON = os.path.join(VENV, "bin", "python")

RUN = "requirements.txt"
TEST = "requirements-test.txt"  # contains all of RUN


class Stop(Exception):
    """Ends a command; the message is a sentence for the person who started it."""


def enter(lock: str = RUN) -> None:
    """Make sure that this process runs in Kith's environment, with everything in `lock` installed.

    Elsewhere this starts the same command again in the environment, and does not return.
    """
    try:
        if sys.version_info < OLDEST:
            raise Stop("Kith needs Python %d.%d or newer; this is %d.%d." % (OLDEST + sys.version_info[:2]))
        make_private_folder(VAR)
        prepare(lock)
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit(130)
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        os.execv(PYTHON, [PYTHON] + sys.argv)


def make_private_folder(folder: str) -> None:
    """Create `folder` for its owner alone. Raises Stop where it is not writable."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.stat(folder).st_uid == os.getuid():
            os.chmod(folder, 0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "it belongs to another user")
    except OSError as error:
        raise Stop(
            "Kith cannot write to %s (%s): give yourself the right to, or name another folder in KITH_VAR."
            % (folder, error.strerror)
        ) from None


def prepare(lock: str) -> None:
    """Install everything in `lock`, unless that is installed already.

    An environment named in KITH_VENV is used as it is.
    """
    if os.environ.get("KITH_VENV"):
        if not os.path.exists(PYTHON):
            raise Stop("KITH_VENV names no Python environment: there is no %s." % PYTHON)
        return
    if is_current(lock):
        return
    make_private_folder(os.path.dirname(VENV))
    with open(VENV + ".lock", "w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)  # another command may be installing the same
        if is_current(lock):
            return
        if stamped("python") != python_version() or not os.path.exists(PYTHON):
            make_environment()
            stamp("python", python_version())
        install(os.path.join(ROOT, lock))
        for done in {RUN, lock}:
            stamp(done, digest(done))


def is_current(lock: str) -> bool:
    return os.path.exists(PYTHON) and stamped(lock) == digest(lock)


def python_version() -> str:
    return "%d.%d" % sys.version_info[:2]


def digest(lock: str) -> str:
    with open(os.path.join(ROOT, lock), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamped(name: str) -> str:
    """Return the stamp that the last installation wrote for `name`; empty where there is none."""
    with contextlib.suppress(OSError), open(os.path.join(VENV, "kith-" + name)) as file:
        return file.read()
    return ""


def stamp(name: str, value: str) -> None:
    with open(os.path.join(VENV, "kith-" + name), "w") as file:
        file.write(value)


def make_environment() -> None:
    """Make an empty virtual environment, with the first tool that this machine has."""
    say("Making a Python environment in %s ..." % VENV)
    shutil.rmtree(VENV, ignore_errors=True)
    if not has_module("ensurepip") and is_debians_own() and os.getuid() == 0 and shutil.which("apt-get"):
        package = "python%s-venv" % python_version()
        say("Installing Debian's %s ..." % package)
        apt_install(package)
    if has_module("ensurepip"):
        run_step([sys.executable, "-m", "venv", VENV])
    elif shutil.which("uv"):
        run_step(["uv", "venv", "--quiet", "--python", sys.executable, VENV])
    elif shutil.which("virtualenv"):
        run_step(["virtualenv", "--quiet", "--python", sys.executable, VENV])
    elif has_module("virtualenv"):
        run_step([sys.executable, "-m", "virtualenv", "--quiet", VENV])
    elif has_module("pip.__main__"):
        run_step([sys.executable, "-m", "venv", "--without-pip", VENV])
    else:
        raise Stop(
            "This Python cannot make virtual environments: install python3-venv (Debian, Ubuntu) or uv."
        )


def is_debians_own() -> bool:
    return os.path.realpath(sys.executable).startswith("/usr/bin/") and os.path.exists("/etc/debian_version")


def has_module(name: str) -> bool:
    return quietly([sys.executable, "-c", "import " + name])[0] == 0


def apt_install(package: str) -> None:
    """Install a package of Debian. Needs root."""
    settings = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    get = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    quietly(get + ["update"], env=settings)
    run_step(get + ["install", "--yes", "--no-install-recommends", package], env=settings)


def install(lock: str) -> None:
    """Install everything in a lock file, and check each file against its hash."""
    arguments = ["install", "--no-deps", "--require-hashes", "--requirement", lock]
    if quietly([PYTHON, "-c", "import pip"])[0] == 0:
        command = [PYTHON, "-m", "pip"] + arguments
    elif shutil.which("uv"):
        say("Installing packages with uv ...")
        settings = dict(
            os.environ, UV_SYSTEM_CERTS="1", UV_NATIVE_TLS="1"
        )  # trust the certificates of the system, as pip does
        run_step(["uv", "pip"] + arguments + ["--python", PYTHON], env=settings)
        return
    else:
        command = [sys.executable, "-m", "pip", "--python", PYTHON] + arguments
    with open(lock) as file:
        total = sum("==" in line for line in file)
    run_step(
        command + ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"], Progress(total)
    )


class Progress:
    """Show what pip does: on one line of a terminal, elsewhere every 20 packages."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.terminal = sys.stderr.isatty()
        say("Installing up to %d packages; this is done once and takes a minute or so ..." % total)

    def read(self, line: str) -> None:
        words = line.split()
        if words[:1] == ["Collecting"]:
            self.done += 1
            if self.terminal:
                sys.stderr.write("\r\033[K  %d: %s" % (self.done, words[1].split("=")[0]))
                sys.stderr.flush()
            elif self.done % 20 == 0:
                say("  %d fetched ..." % self.done)
        elif line.startswith("Installing collected packages"):
            say("%s  putting them in place ..." % ("\r\033[K" if self.terminal else ""))


def run_step(
    command: List[str], progress: Optional[Progress] = None, env: Optional[Dict[str, str]] = None
) -> None:
    """Run a command. Raises Stop with the end of its output where it fails."""
    code, lines = quietly(command, progress, env)
    if code:
        raise Stop("".join(lines[-12:]) + "This step did not work: %s" % " ".join(command))


def quietly(
    command: List[str], progress: Optional[Progress] = None, env: Optional[Dict[str, str]] = None
) -> Tuple[int, List[str]]:
    """Run a command. Return its exit code and the lines that it wrote."""
    lines = []
    with subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if progress:
                progress.read(line)
    return process.returncode, lines


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
