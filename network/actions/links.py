"""Links in a profile, and the limit for lists in a profile."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from network import text
from network.errors import Invalid

# No user name before the host: "https://bank.example@evil.example" looks like another site.
ADDRESS = re.compile(r"https?://(?P<host>[^\s/?#@\\%:]+)(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
MOST_ITEMS = 20

T = TypeVar("T")


@dataclass(frozen=True)
class Link:
    title: str
    url: str


def check_links(links: Iterable[Link]) -> Iterator[Link]:
    """The links as they are stored. Raises Invalid for an unsafe link, or too many."""
    for link in within_most(list(links)):
        url = text.clean(link.url, limit=text.BIO)
        address = ADDRESS.fullmatch(url)
        if address is None or not url.isprintable() or not _is_plain(address["host"]):
            raise Invalid(_("Links start with https:// or http://, and then the name of the site."))
        title = text.clean(link.title, limit=text.NAME, required=False)
        yield Link(title or url.partition("//")[2][: text.NAME.most], url)


def _is_plain(host: str) -> bool:
    """Whether a host has only letters, digits and "-._": no sign that looks like its end ("⁄")."""
    is_composed = unicodedata.normalize("NFKC", host) == host
    return is_composed and all(char in "-._" or text.is_letter_or_mark(char) for char in host)


def within_most(items: list[T]) -> list[T]:
    """The items. Raises Invalid for more than MOST_ITEMS."""
    if len(items) > MOST_ITEMS:
        raise Invalid(
            _("These are %(number)d lines; there is room for %(most)d. Take some out.")
            % {"number": len(items), "most": MOST_ITEMS}
        )
    return items
