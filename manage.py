#!/usr/bin/env python
"""Django's commands; `bin/manage` runs this in Kith's own environment."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network.settings")
    os.environ.setdefault("DATABASE_POOL", "0")
    if "migrate" in sys.argv:
        # A migration of a large table may take longer than a person's request is allowed to.
        os.environ.setdefault("DATABASE_TIMEOUT", "0")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
