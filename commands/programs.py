"""Programs that tests need besides Python. On Debian, root installs those that are missing."""

import os
import shutil
from dataclasses import dataclass

from commands import environment
from commands.environment import Stop, say


@dataclass(frozen=True)
class Program:
    """A program. Tests that need it have its marker."""

    name: str
    marker: str
    package: str  # of Debian
    tests: str  # what is left out without it
    others: tuple[str, ...] = ()  # its names on other systems

    @property
    def variable(self) -> str:
        """The environment variable that may have its path."""
        return self.name.upper().replace("-", "_")

    @property
    def path(self) -> str:
        """The path; empty where it is missing. Debian has servers in /usr/sbin, which may not be in PATH."""
        where = f"{os.environ.get('PATH', '')}:/usr/sbin"
        names = (os.environ.get(self.variable, ""), self.name, *self.others)
        return next(filter(None, (shutil.which(name, path=where) for name in names if name)), "")

    def provide(self) -> bool:
        """Find or install it. Return whether it is there."""
        if not self.path and os.getuid() == 0 and shutil.which("apt-get"):
            say(f"Installing Debian's {self.package} ...")
            try:
                environment.apt_install(self.package)
            except Stop as stop:
                say(str(stop))
            if shutil.which("systemctl"):  # Debian starts servers; the tests start their own
                environment.quietly(["systemctl", "disable", "--now", f"{self.name}.service"])
        os.environ[self.variable] = self.path
        return bool(self.path)


CHROMIUM = Program(
    "chromium", "browser", "chromium", "the tests in a browser", ("chromium-browser", "google-chrome")
)
# Most tests in a browser use it where it is installed. It draws no window for each of their contexts.
HEADLESS_SHELL = Program(
    "chromium-headless-shell", "browser", "chromium-headless-shell", "the tests in a browser"
)
NGINX = Program("nginx", "nginx", "nginx-light", "the tests of several machines")
PGBOUNCER = Program("pgbouncer", "pgbouncer", "pgbouncer", "the tests of several machines through pgbouncer")
