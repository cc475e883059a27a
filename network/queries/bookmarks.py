"""The bookmarks of a person, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from network.models import Bookmark, Person
from network.queries.rights import may_read
from network.queries.showing import Card, cards

PAGE = 20


@dataclass(frozen=True)
class BookmarksPage:
    cards: tuple[Card, ...]
    older: int | None


def find_page(person: Person, before: int | None = None) -> BookmarksPage:
    """A page of the saved posts that `person` may still read, before a bookmark. Six queries."""
    rows = Bookmark.objects.filter(may_read(person, "post__"), person=person).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.values_list("pk", "post")[: PAGE + 1])
    return BookmarksPage(
        cards=cards(person, [post for _pk, post in found[:PAGE]]),
        older=found[PAGE - 1][0] if len(found) > PAGE else None,
    )
