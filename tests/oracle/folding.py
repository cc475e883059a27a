"""Which entries of a page of a feed are cards, and which are folded."""

from __future__ import annotations

from tests.oracle.feeds import Entry, Which, brought_by, feed
from tests.oracle.world import World

Shown = tuple[list[int], dict[int, list[int]]]  # the entries that are cards, and the folded entries by stream


def folded_pages(world: World, viewer: int, which: Which, found: list[Entry], size: int) -> list[Shown]:
    """All pages of a feed. `found` are all entries of the world."""
    by_id = {entry.id: entry for entry in found}
    left = [by_id[id] for id, _thread in feed(world, viewer, which, found)]
    pages = []
    while left:
        page, taken = _page(world, viewer, which, left[: 5 * size], size)
        pages.append(page)
        left = left[taken:]
    return pages


def _page(world: World, viewer: int, which: Which, near: list[Entry], size: int) -> tuple[Shown, int]:
    share = max(1, size // 5)
    while True:
        cards: list[int] = []
        away: dict[int, list[int]] = {}
        number: dict[int, int] = {}
        for entry in near:
            if len(cards) == size:
                break
            streams = _folding(world, viewer, which, entry)
            if streams and min(number.get(stream, 0) for stream in streams) >= share:
                away.setdefault(min(streams), []).append(entry.id)
            else:
                cards.append(entry.id)
                for stream in streams:
                    number[stream] = number.get(stream, 0) + 1
        if len(cards) == size or not away or len(near) <= size:
            break
        share += 1
    if len(near) <= size:
        return ([entry.id for entry in near], {}), len(near)
    return (cards, away), len(cards) + sum(len(ids) for ids in away.values())


def _folding(world: World, viewer: int, which: Which, entry: Entry) -> set[int]:
    """The streams that delivered an entry; none where one of them never folds."""
    streams = brought_by(world, viewer, entry, which)
    follows = [world.follow(viewer, stream) for stream in streams]
    return streams if all(follow is not None and follow.folds for follow in follows) else set()
