"""`python -m commands.prepare [--demo]`: migrate the database, and collect static files.

Each step is skipped when nothing has changed since the last time.
"""

import argparse
import hashlib
import os
import re
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from commands.environment import Stop, say

HASHED = re.compile(r"\.[0-9a-f]{12}\.")  # in the names that Django gives to files with a hash


def migrate() -> None:
    """Apply the migrations. Raises Stop where the database does not answer."""
    try:
        call_command("migrate", check_unapplied=True, verbosity=0)
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise Stop(f"The database does not answer: {reason}. Start it, or correct DATABASE_URL.") from None
    except SystemExit:  # there are migrations to apply
        say("Preparing the database ...")
        call_command("migrate", verbosity=0)


def collect_static() -> None:
    """Copy scripts, styles and pictures to STATIC_ROOT, with a content hash in their names.

    Files of former versions stay, because pages and servers of these versions may still need them.
    """
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    files = sorted(
        (path, Path(storage.path(path)).stat().st_mtime_ns)
        for finder in get_finders()
        for path, storage in finder.list([])
    )
    digest = hashlib.sha256(repr(files).encode()).hexdigest()
    stamp = settings.STATIC_ROOT / "collected"
    if not stamp.exists() or stamp.read_text() != digest:
        say("Preparing scripts, styles and pictures ...")
        for path in settings.STATIC_ROOT.rglob("*"):
            # A copy that is newer than its source would not be replaced.
            if path.is_file() and not HASHED.search(path.name):
                path.unlink()
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(digest)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--demo", action="store_true", help="with the people of the demo")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")
    os.environ |= {"DATABASE_TIMEOUT": "0", "DATABASE_POOL": "0"}  # one connection, and no time limit
    try:
        django.setup()
        migrate()
        collect_static()
        if options.demo:
            call_command("demo")
    except ImproperlyConfigured as error:
        sys.exit(f"A setting is wrong: {error}")
    except (Stop, CommandError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
