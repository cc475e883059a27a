"""Pages of a feed: each thread once, newest first. Later pages do not change while others write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feeds.cursors import Cursor
from feeds.reading.entries import Entry, Source
from network import ids

PAGE = 20
# A slice is this many times a page, because threads repeat and filters leave entries out.
AT_ONCE = 5  # times the page


@dataclass(frozen=True)
class Slots:
    """The entries of a page, each with a thread of its own, and the cursor of the next page.

    `newest` is the id on top of the first page. `stored` is false where the database answered without a
    timeline.
    """

    entries: list[Entry]
    older: Cursor | None
    newest: int
    stored: bool = True


def page(source: Source, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of a feed. One slice if it fills the page; later pages take one more query for each slice."""
    upto = cursor.upto if cursor is not None else ids.MAX
    found: list[Entry] = []
    for entry in _threads_once(source, cursor, upto, AT_ONCE * size):
        found.append(entry)
        if len(found) > size:
            break
    newest = cursor.upto if cursor is not None else (found[0].id if found else 0)
    older = Cursor(found[size - 1].id, newest) if len(found) > size else None
    return Slots(found[:size], older, newest)


def _threads_once(source: Source, cursor: Cursor | None, upto: int, most: int) -> Iterator[Entry]:
    """Entries below the cursor, newest first, whose threads have no newer entry up to `upto`."""
    below = cursor.before if cursor is not None else ids.MAX + 1
    met: set[int] = set()
    while below > 0:
        part = source.slice(below, upto, most)
        if cursor is not None:
            unmet = {entry.thread for entry in part.entries} - met
            met |= _threads_above(source, cursor, unmet)
        for entry in part.entries:
            if entry.thread not in met:
                met.add(entry.thread)
                yield entry
        below = part.down_to


def _threads_above(source: Source, cursor: Cursor, threads: set[int]) -> set[int]:
    """Those of `threads` that an earlier page showed. One query."""
    return source.threads(cursor.before, cursor.upto, threads) if threads else set()
