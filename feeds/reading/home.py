"""A person's home and lists: each the merge of what they follow, read from a timeline in Redis.

With nothing owed a page equals what the database alone would answer; before that it may lack what is
unfinished, never the person's own acts, and it never holds what they may not read: a timeline gives
candidates, and the database has the last word on each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F, Q, QuerySet

from feeds.cursors import Cursor
from feeds.feed import Feed, of_form
from feeds.reading import entries
from feeds.reading.entries import Entry, Slice
from feeds.reading.paging import PAGE, Slots, page
from feeds.timelines import merge, pending, rebuild, store
from feeds.timelines.store import Timeline
from network import ids
from network.models import Person, Publication
from network.queries.compiled import Build, fetch
from network.queries.parameters import PERSON, Parameter, ParameterList


class FromTimeline:
    """The entries of a feed: by its timeline above the floor, by the database below it."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        stored = rebuild.stored_or_rebuilt(feed.whole)
        self.timeline = pending.with_pending(stored) if stored is not None else None
        self.floor = ids.MAX if self.timeline is None else self.timeline.floor

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """Candidates, and which of them stand in the feed: two queries, and one more below the floor.

        What is pulled is asked for after the timeline: a stream that is pushed no longer is in one or the
        other.
        """
        if self.feed.kind:
            most = max(most, store.KEPT)  # of the home's timeline any share may be of this kind
        end = min(below, upto + 1)
        pushed, down_to = self._pushed(end, most)
        unpushed = merge.unpushed(self.feed, most, end)
        if len(unpushed) == most:
            down_to = max(down_to, unpushed[-1])
        candidates = [id for id in sorted({*pushed, *unpushed}, reverse=True) if id >= down_to][:most]
        if len(candidates) == most:
            down_to = candidates[-1]
        return Slice([Entry(*row) for row in self._fetch(_standing, candidates=candidates)], down_to)

    def threads(self, oldest: int, upto: int, among: Iterable[int]) -> set[int]:
        """Those that an earlier page could show: what is not delivered yet was on none."""
        stored = self.timeline.ids if self.timeline is not None else ()
        above = [id for id in stored if oldest <= id <= upto]
        found = self._fetch(_met, oldest=oldest, upto=upto, threads=among, pushed=above, floor=self.floor)
        return {thread for (thread,) in found}

    def _pushed(self, end: int, most: int) -> tuple[Sequence[int], int]:
        """The newest ids less than `end` of what is followed, and down to where these are all."""
        if self.timeline is None or end <= self.floor + 1:
            found = merge.followed(self.feed, most, end)
            return found, found[-1] if len(found) == most else 0
        found = [id for id in self.timeline.ids if id < end][:most]
        return found, found[-1] if len(found) == most else floor_of(self.timeline)

    def _fetch(self, build: Build, **values: int | Iterable[int]) -> list[tuple[Any, ...]]:
        feed = self.feed
        return fetch(build, feed.form, person=feed.person.pk, list=feed.list, **values)


def _standing(form: str) -> QuerySet[Publication, Any]:
    """Of candidates, those that stand in a feed, newest first."""
    rows = entries.of_feed(of_form(form)).filter(activity__in=ParameterList("candidates"))
    return rows.order_by("-activity").values_list(*entries.COLUMNS).distinct()


def _met(form: str) -> QuerySet[Publication, Any]:
    """Threads of entries that are in a feed by way of the timeline, or without it."""
    feed = of_form(form)
    in_reach = (
        Q(activity__in=ParameterList("pushed"))
        | Q(activity__lte=Parameter("floor"))
        | Q(stream__pushed_from__gt=F("activity"))
    )
    if feed.is_home:
        in_reach |= Q(actor=PERSON)
    rows = entries.of_feed(feed).filter(
        in_reach,
        activity__gte=Parameter("oldest"),
        activity__lte=Parameter("upto"),
        thread__in=ParameterList("threads"),
    )
    return rows.order_by().values_list("thread").distinct()


def floor_of(timeline: Timeline) -> int:
    """Where the database takes over; 0 where the timeline holds all there is."""
    return timeline.floor + 1 if timeline.floor else 0


def slots(person: Person, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of `person`'s home, as entries."""
    return slots_of(Feed(person), cursor, size)


def slots_of(feed: Feed, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of a feed, as entries."""
    source = FromTimeline(feed)
    return replace(page(source, cursor, size), stored=source.timeline is not None)
