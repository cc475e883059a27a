"""Folding: a stream shows its share of the cards of a page, and one line stands for its other entries.

Folding changes only the display. A page is read on until it has its number of cards. Entries keep their
order, and the next page begins where this one ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from feeds.cursors import Cursor
from feeds.feed import Feed, of_form
from feeds.reading import entries, home
from feeds.reading.entries import Entry
from feeds.reading.paging import PAGE, Slots
from network.models import Follow, Publication
from network.queries.compiled import fetch
from network.queries.parameters import PERSON, ParameterList

# A stream may have a fifth of the cards of a page, so a page has five streams if the feed has so many.
SHARE = 5
# Pages that are read to find cards of other streams. Where these do not suffice, the share grows until the
# page is full.
REACH = 5

# By the id of an entry, the streams that brought it, if all of these fold.
Brought = Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class FoldedPage:
    """A page: the entries that are shown as cards, and by stream those that are folded."""

    slots: Slots
    folds: Mapping[int, Sequence[Entry]]


def page(feed: Feed, cursor: Cursor | None = None, size: int = PAGE) -> FoldedPage:
    """A page of a feed with `size` cards, if it has so many. Raises Invalid.

    One query more than the page without folding; twice as many where something folds.
    """
    first = home.slots_of(feed, cursor, size)
    brought = _brought(feed, first.entries)
    if first.older is None or not _fold(first.entries, brought, size, _share(size))[1]:
        return FoldedPage(first, {})
    rest = home.slots_of(feed, first.older, (REACH - 1) * size)
    return fold(
        replace(first, entries=[*first.entries, *rest.entries], older=rest.older),
        {**brought, **_brought(feed, rest.entries)},
        size,
    )


def fold(found: Slots, brought: Brought, size: int = PAGE) -> FoldedPage:
    """The first page of some entries, with the smallest share that fills it. Pure."""
    for share in range(_share(size), size + 1):
        shown, folds, seen = _fold(found.entries, brought, size, share)
        if len(shown) == size or not folds:
            break
    is_all = seen == len(found.entries)
    older = found.older if is_all else Cursor(found.entries[seen - 1].id, found.newest)
    return FoldedPage(replace(found, entries=shown, older=older), folds)


def _fold(
    found: Sequence[Entry], brought: Brought, size: int, share: int
) -> tuple[list[Entry], dict[int, list[Entry]], int]:
    """The entries that are shown, those that are folded, and the number of both."""
    shown: list[Entry] = []
    folds: dict[int, list[Entry]] = {}
    cards: Counter[int] = Counter()
    for entry in found:
        if len(shown) == size:
            break
        streams = brought.get(entry.id, frozenset())
        if streams and all(cards[stream] >= share for stream in streams):
            folds.setdefault(min(streams), []).append(entry)
        else:
            shown.append(entry)
            cards.update(streams)
    return shown, folds, len(shown) + sum(map(len, folds.values()))


def _share(size: int) -> int:
    return max(1, size // SHARE)


def _brought(feed: Feed, found: Sequence[Entry]) -> dict[int, frozenset[int]]:
    """By entry, the streams that brought it, if all of these fold. One query."""
    ids = [entry.id for entry in found]
    brought: dict[int, set[int]] = {}
    kept = set()
    rows = fetch(_bringing, feed.form, person=feed.person.pk, list=feed.list, entries=ids)
    for id, stream, folds in rows:
        brought.setdefault(id, set()).add(stream)
        if not folds:
            kept.add(id)
    return {id: frozenset(streams) for id, streams in brought.items() if id not in kept}


def _bringing(form: str) -> QuerySet[Publication, Any]:
    folding = Follow.objects.filter(follower=PERSON, stream=OuterRef("stream"), folds=True)
    rows = entries.followed(of_form(form)).filter(activity__in=ParameterList("entries"))
    return rows.annotate(folds=Exists(folding)).order_by().values_list("activity", "stream", "folds")
