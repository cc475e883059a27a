"""The pages of one stream, of a person or a topic. Mutes do not apply: the viewer opened its address."""

from __future__ import annotations

from feeds.cursors import Cursor
from feeds.reading import entries
from feeds.reading.entries import FromDatabase
from feeds.reading.paging import Slots, page
from network.models import Person, Stream


def slots(viewer: Person | None, stream: Stream, cursor: Cursor | None = None) -> Slots:
    """One page of what is published to a stream, each thread once, newest first. Raises Invalid."""
    return page(FromDatabase(entries.of_stream(viewer, stream)), cursor)
