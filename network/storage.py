"""Static files with a content hash in their names, so that browsers can cache them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own patterns would also rewrite the scripts of packages, which import files that are not there.
IMPORTS = ("js/*.js", ((r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"'),))


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Hash the imports between our scripts too, so that a page never mixes two versions."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, IMPORTS)
