"""Templates of pages without their indentation, which only their source needs.

A browser shows a line break and the spaces behind it as one space, and shows no space beside a block. So
nothing that is seen changes. Preformatted text and text areas stay as they are written.
"""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import filesystem

# Elements that are never inline in kith.css.
BLOCKS = "article|aside|details|div|footer|form|h1|h2|h3|header|li|main|nav|ol|option|p|section|summary|ul"
INDENTATION = re.compile(
    r"(?P<kept><(?P<name>pre|textarea)\b.*?</(?P=name)>)"
    rf"|\s*(?P<block></?(?:{BLOCKS})(?=[\s>{{])(?:{{%.*?%}}|{{{{.*?}}}}|[^<>])*>)\s*"
    r"|\n\s*",
    re.DOTALL,
)


class Loader(filesystem.Loader):
    """Loads .html files flat, and others, such as the text of a mail, as they are."""

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        return flat(contents) if str(origin.name).endswith(".html") else contents


def flat(source: str) -> str:
    """The source of a template without indentation, and without line breaks beside blocks."""
    return INDENTATION.sub(lambda found: found["kept"] or found["block"] or "\n", source)
