"""One page of a feed: each thread once, newest first, by a cursor that holds still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feeds.cursors import Cursor
from feeds.reading.entries import Entry, Source
from network import ids

PAGE = 20
# Where threads repeat or filters leave something out, a few entries more save a second look.
AT_ONCE = 3  # times the page


@dataclass(frozen=True)
class Slots:
    """The entries of a page, each with a thread of its own, and the cursor of the next page.

    `stored` is false where no timeline could be had, and the database answered alone.
    """

    entries: list[Entry]
    older: Cursor | None
    newest: int
    stored: bool = True


def page(source: Source, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of a feed. A slice where the first one fills the page, and one more query on later pages."""
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
    """Entries below the cursor, newest first, whose thread has no newer entry up to `upto`."""
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
    """Which of `threads` an earlier page showed already: one query."""
    return source.threads(cursor.before, cursor.upto, threads) if threads else set()
