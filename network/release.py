"""The release that runs: pages and parts of pages fit together if they are of the same one."""

from __future__ import annotations

import hashlib
from functools import cache

from django.conf import settings

# What makes the HTML of a page, and what the HTML needs.
SOURCES = ("templates", "static", "network/templatetags", "feeds/templatetags")


@cache
def release() -> str:
    """A digest of these files: the same in all processes, on all machines. 12 characters."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((settings.ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(
                    str(path.relative_to(settings.ROOT)).encode() + b"\0" + path.read_bytes() + b"\0"
                )
    return digest.hexdigest()[:12]
