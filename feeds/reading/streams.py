"""The pages of one stream: a person's, a topic's. Opened by their address, so no wishes filter them."""

from __future__ import annotations

from feeds.cursors import Cursor
from feeds.reading import entries
from feeds.reading.entries import FromDatabase
from feeds.reading.paging import Slots, page
from network.models import Person, Stream


def slots(viewer: Person | None, stream: Stream, cursor: Cursor | None = None) -> Slots:
    """One page of what is published to a stream, each thread once, newest first. Raises Invalid."""
    return page(FromDatabase(entries.of_stream(viewer, stream)), cursor)
