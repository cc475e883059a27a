"""Static files under names that have their content's hash, so that browsers keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own patterns for imports read the scripts of every package, and some import what a page has to map.
IMPORTS = ("js/*.js", ((r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"'),))


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also where one of our scripts imports another: a page never runs half of yesterday's version."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, IMPORTS)
