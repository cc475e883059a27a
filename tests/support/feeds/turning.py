"""Read all pages of a feed, a list or a thread, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from feeds.cursors import Cursor
from feeds.reading.paging import Slots
from network.errors import NotVisible
from network.models import Person
from network.queries import threads
from network.queries.threads import Comment
from tests.oracle.feeds import Feed

PAGE = 3


def walk(read: Callable[[Cursor | None], Slots], meanwhile: Callable[[], None] = lambda: None) -> Feed:
    """The entries of all pages of a feed. `meanwhile` is called after each page."""
    found: Feed = []
    cursor = None
    while True:
        page = read(cursor)
        found += [(entry.id, entry.thread) for entry in page.entries]
        cursor = page.older
        if cursor is None:
            return found
        assert len(page.entries) == PAGE, "a page is filled up where entries are left out"
        cursor = Cursor.parse(str(cursor))
        meanwhile()


def turn_pages(read: Callable[[int | None], Any]) -> Iterator[Any]:
    at = None
    while True:
        page = read(at)
        yield page
        at = page.older
        if at is None:
            return


def read_thread(viewer: Person | None, root: int) -> tuple[bool, list[int]] | None:
    """Whether the root of a thread is shown, and all its comments in order. None if it is not visible."""
    found: list[int] = []
    after = None
    while True:
        try:
            page = threads.find_page(viewer, root, after)
        except NotVisible:
            assert after is None
            return None
        found += sorted(comment.id for comment in flat(page.comments) if comment.shown is not None)
        after = page.newer
        if after is None:
            return page.root is not None, found


def flat(comments: Any) -> Iterator[Comment]:
    for comment in comments:
        yield comment
        yield from flat(comment.replies)
