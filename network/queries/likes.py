"""The people who liked a post. Only its author sees them."""

from __future__ import annotations

from dataclasses import dataclass

from network.models import Like, Person, Post
from network.queries.people import visible_to

PAGE = 50


@dataclass(frozen=True)
class LikesPage:
    people: tuple[Person, ...]
    older: int | None


def find_page(author: Person, post: Post, before: int | None = None) -> LikesPage:
    """A page of the people who liked a post, newest first, before a cursor. One query."""
    rows = Like.objects.filter(post=post, person__in=visible_to(author)).select_related("person")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return LikesPage(
        people=tuple(row.person for row in found[:PAGE]),
        older=found[PAGE - 1].pk if len(found) > PAGE else None,
    )
