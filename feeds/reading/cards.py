"""Cards: the entries of a page with everything that is shown of them, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.cursors import Cursor
from feeds.delivery import backlog
from feeds.feed import Feed
from feeds.reading import folding, reasons, streams
from feeds.reading.entries import Entry
from feeds.reading.paging import Slots
from feeds.reading.reasons import Reason
from network.models import Person, Post, Stream
from network.queries.following import Followable, followed
from network.queries.showing import Shown, show, show_not_muted


@dataclass(frozen=True)
class Card:
    """One thread in a feed, at its newest entry: the post, who wrote or reshared it, and the reasons."""

    entry: Entry
    shown: Shown
    actor: Person
    reasons: Sequence[Reason] = ()

    @property
    def is_reshare(self) -> bool:
        return self.entry.kind == "reshare"


@dataclass(frozen=True)
class Line:
    """An entry that is folded away, in a line."""

    entry: Entry
    post: Post
    actor: Person


@dataclass(frozen=True)
class Fold:
    """The folded entries of a stream on a page. `what` is the person, topic or group."""

    what: Followable
    lines: Sequence[Line]

    template = "feeds/_fold.html"

    @property
    def entry(self) -> Entry:
        """The newest: where the fold stands."""
        return self.lines[0].entry


@dataclass(frozen=True)
class Here:
    """The line between what is new and what was read before."""

    template = "feeds/_here.html"


@dataclass(frozen=True)
class Page:
    """What a page of a feed shows.

    `newest` is the id of the first page's newest entry. What has ids up to `read_id` was read before;
    `above` is the entry that ends the page before, 0 on the first.
    `is_late`: timelines and open pages are slow to get what others write. `is_stored`: a timeline was read.
    """

    cards: Sequence[Card]
    older: Cursor | None
    newest: int
    folds: Sequence[Fold] = ()
    read_id: int = 0
    above: int = 0
    is_late: bool = False
    is_stored: bool = True

    @property
    def has_news(self) -> bool:
        return self.newest > self.read_id

    @property
    def items(self) -> list[Card | Fold | Here]:
        """All that is shown, in the order of its entries, and the line where new meets read."""
        entries: list[Card | Fold] = [*self.cards, *self.folds]
        found: list[Card | Fold | Here] = []
        above = self.above
        for item in sorted(entries, key=lambda item: -item.entry.id):
            if item.entry.id <= self.read_id < above:
                found.append(Here())
            found.append(item)
            above = item.entry.id
        return found


def of_feed(feed: Feed, cursor: Cursor | None = None) -> Page:
    """A page of a feed, with reasons and folds. Its `read_id` is 0 until the caller sets it."""
    found = folding.page(feed, cursor)
    why = reasons.reasons(feed, [entry.thread for entry in found.slots.entries], found.slots.newest)
    shown = show_not_muted(feed.person, [entry.post for entry in found.slots.entries])
    return replace(
        _page(found.slots, shown, why),
        folds=_folds(found.folds),
        above=0 if cursor is None else cursor.before,
        is_late=backlog.is_late(),
        is_stored=found.slots.stored,
    )


def of_stream(viewer: Person | None, stream: Stream, cursor: Cursor | None = None) -> Page:
    """A page of what is published to a person's or a topic's stream."""
    found = streams.slots(viewer, stream, cursor)
    return _page(found, show(viewer, [entry.post for entry in found.entries]), {})


def _page(found: Slots, shown: Mapping[int, Shown], why: Mapping[int, Sequence[Reason]]) -> Page:
    actors = {shown.post.author_id: shown.post.author for shown in shown.values()}
    missing = {entry.actor for entry in found.entries} - actors.keys()
    if missing:  # of those who passed on what others wrote, the ones who wrote nothing here
        actors |= Person.objects.in_bulk(missing)
    cards = [
        Card(entry, shown[entry.post], actors[entry.actor], why.get(entry.thread, ()))
        for entry in found.entries
        # A post may go between the two looks.
        if entry.post in shown
    ]
    return Page(cards, found.older, found.newest)


def _folds(folded: Mapping[int, Sequence[Entry]]) -> list[Fold]:
    """Three queries, none where nothing is folded."""
    if not folded:
        return []
    streams = Stream.objects.select_related("person", "topic", "group").in_bulk(folded)
    found = [entry for entries in folded.values() for entry in entries]
    posts = Post.objects.select_related("author").in_bulk({entry.post for entry in found})
    actors = Person.objects.in_bulk({entry.actor for entry in found})
    return [
        Fold(
            followed(streams[stream]),
            [Line(entry, posts[entry.post], actors[entry.actor]) for entry in entries],
        )
        for stream, entries in folded.items()
    ]
