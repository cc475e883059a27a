"""Folding: where one stream has more than its share of a page, the rest of it stands behind one line.

Display alone. A page goes on until it has its number of cards, entries keep their order, and the next page
begins where this one ends.
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

# Of the cards of a page one stream may have a fifth: a reader meets five voices at least, where there are so
# many, and a few words of one beside each other are not folded for it.
SHARE = 5
# Pages that are looked through for other cards. Where there are none there is nobody to be drowned, and the
# share grows until the page is full.
REACH = 5

Ways = Mapping[int, frozenset[int]]  # by the id of an entry, the streams that brought it, if all of them fold


@dataclass(frozen=True)
class Folded:
    """A page: the entries that are shown, and by stream those that are folded."""

    slots: Slots
    away: Mapping[int, Sequence[Entry]]


def page(feed: Feed, cursor: Cursor | None = None, size: int = PAGE) -> Folded:
    """A page of a feed with `size` cards, where there are so many. Raises Invalid.

    One query more than the page without folding; where something folds, as many again.
    """
    first = home.slots_of(feed, cursor, size)
    ways = _ways(feed, first.entries)
    if first.older is None or not _fold(first.entries, ways, size, _share(size))[1]:
        return Folded(first, {})
    rest = home.slots_of(feed, first.older, (REACH - 1) * size)
    return fold(
        replace(first, entries=[*first.entries, *rest.entries], older=rest.older),
        {**ways, **_ways(feed, rest.entries)},
        size,
    )


def fold(found: Slots, ways: Ways, size: int = PAGE) -> Folded:
    """The first page of some entries, with the smallest share by which it is full. Pure."""
    for share in range(_share(size), size + 1):
        shown, away, seen = _fold(found.entries, ways, size, share)
        if len(shown) == size or not away:
            break
    is_all = seen == len(found.entries)
    older = found.older if is_all else Cursor(found.entries[seen - 1].id, found.newest)
    return Folded(replace(found, entries=shown, older=older), away)


def _fold(
    found: Sequence[Entry], ways: Ways, size: int, share: int
) -> tuple[list[Entry], dict[int, list[Entry]], int]:
    """What is shown, what is folded, and how many entries that is."""
    shown: list[Entry] = []
    away: dict[int, list[Entry]] = {}
    cards: Counter[int] = Counter()
    for entry in found:
        if len(shown) == size:
            break
        streams = ways.get(entry.id, frozenset())
        if streams and all(cards[stream] >= share for stream in streams):
            away.setdefault(min(streams), []).append(entry)
        else:
            shown.append(entry)
            cards.update(streams)
    return shown, away, len(shown) + sum(map(len, away.values()))


def _share(size: int) -> int:
    return max(1, size // SHARE)


def _ways(feed: Feed, found: Sequence[Entry]) -> dict[int, frozenset[int]]:
    """One query."""
    asked = [entry.id for entry in found]
    brought: dict[int, set[int]] = {}
    kept = set()
    for id, stream, folds in fetch(
        _bringing, feed.form, person=feed.person.pk, list=feed.list, entries=asked
    ):
        brought.setdefault(id, set()).add(stream)
        if not folds:
            kept.add(id)
    return {id: frozenset(streams) for id, streams in brought.items() if id not in kept}


def _bringing(form: str) -> QuerySet[Publication, Any]:
    folding = Follow.objects.filter(follower=PERSON, stream=OuterRef("stream"), folds=True)
    rows = entries.followed(of_form(form)).filter(activity__in=ParameterList("entries"))
    return rows.annotate(folds=Exists(folding)).order_by().values_list("activity", "stream", "folds")
