"""Parts of pages that are rendered once and kept in this process.

Each part is a pure function of a frozen value (`network.values`): its template gets the value and nothing
else. The value is made anew for each page, from what the database says. So a part is never out of date and is
never invalidated: when something changes, the value is another one. A part cannot show a viewer what is for
another, because all that it can show is in its value, and the values of posts do not hold the viewer.

What a process keeps is bounded: `MOST` parts, each of `LARGEST` bytes at most with its value, 48 MB together.
A larger one is rendered at each page. Parts for one viewer alone, such as the way around and the lines of
notices, have places of their own.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from network.values import Own, Value

# Parts in each process; one takes 3 kB or so, its value as much again.
MOST = 2048
MOST_OWN = 1024  # of those for one viewer; most take 2 kB
LARGEST = 24 * 1024  # bytes in memory; a character takes 1, in a text with emoji each takes 4


class TooLarge(Exception):
    """Carries the HTML of a part that is not kept: `lru_cache` keeps nothing where a function raises."""

    def __init__(self, html: SafeString) -> None:
        self.html = html


def rendered(template: str, value: Value | None = None) -> SafeString:
    """The HTML of a value, in the language that is active, with the links of where the site begins."""
    keep = _own if isinstance(value, Own) else _parts
    try:
        return keep(template, value, get_language() or "", get_script_prefix())
    except TooLarge as part:
        return part.html


def forget() -> None:
    """Forget all parts: they are rendered anew, to the same HTML."""
    _parts.cache_clear()
    _own.cache_clear()


def kept() -> Any:
    """How many parts are kept, were found, and had to be rendered: as `functools` counts them."""
    parts: Any = _parts.cache_info()
    own: Any = _own.cache_info()
    return type(parts)(*map(sum, zip(parts, own, strict=True)))


def _rendered(template: str, value: Value | None, language: str, prefix: str) -> SafeString:
    html = get_template(template).render({"it": value})
    part = mark_safe(html.strip())  # noqa: S308 - a template has made it
    if sys.getsizeof(part) + sys.getsizeof(repr(value)) > LARGEST:
        raise TooLarge(part)
    return part


_parts = lru_cache(maxsize=MOST)(_rendered)
_own = lru_cache(maxsize=MOST_OWN)(_rendered)
