"""Cards: the entries of a page with all that is shown of them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds import home, reasons, streams
from feeds.entries import Entry
from feeds.feed import Feed
from feeds.paging import Cursor, Slots
from feeds.reasons import Reason
from network.models import Person, Stream
from network.queries.showing import Shown, show


@dataclass(frozen=True)
class Card:
    """One thread in a feed, at its newest entry: what was said or passed on, by whom, and why it is here."""

    entry: Entry
    shown: Shown
    actor: Person
    reasons: Sequence[Reason] = ()

    @property
    def is_reshare(self) -> bool:
        return self.entry.kind == "reshare"


@dataclass(frozen=True)
class Page:
    """What a page of a feed shows. `newest` is where its live updates start."""

    cards: Sequence[Card]
    older: Cursor | None
    newest: int


def of_feed(feed: Feed, cursor: Cursor | None = None) -> Page:
    """A page of somebody's home, of a part of it or of a list, with reasons."""
    found = home.slots_of(feed, cursor)
    why = reasons.reasons(feed, [entry.thread for entry in found.entries], found.newest)
    return _page(feed.person, found, why)


def of_stream(viewer: Person | None, stream: Stream, cursor: Cursor | None = None) -> Page:
    """A page of what is published to a person's or a topic's stream."""
    return _page(viewer, streams.slots(viewer, stream, cursor), {})


def _page(viewer: Person | None, found: Slots, why: dict[int, list[Reason]]) -> Page:
    shown = show(viewer, [entry.post for entry in found.entries])
    actors = Person.objects.in_bulk({entry.actor for entry in found.entries})
    cards = [
        Card(entry, shown[entry.post], actors[entry.actor], why.get(entry.thread, ()))
        for entry in found.entries
        # A post may go between the two looks.
        if entry.post in shown
    ]
    return Page(cards, found.older, found.newest)
