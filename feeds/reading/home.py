"""Feeds of a person, home and lists: candidates from a timeline in Redis, checked by the database.

Without pending deliveries a page equals what the database alone would return. With some it may lack these,
but never what the person did. It never holds what the person may not read, because the database checks
every candidate.
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
    """The entries of a feed: above the floor from its timeline, below it from the database."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        stored = rebuild.stored_or_rebuilt(feed.whole)
        self.timeline = pending.with_pending(stored) if stored is not None else None
        self.floor = ids.MAX if self.timeline is None else self.timeline.floor

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """The candidates that stand in the feed. Two queries, and one more below the floor.

        Pulled streams are read after the timeline. So a stream that stops being pushed meanwhile is in one
        or the other.
        """
        if self.feed.kind:
            most = max(most, store.KEPT)  # the home's timeline may hold few of this kind
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
        """Threads that an earlier page could show. What is not delivered yet was on none."""
        stored = self.timeline.ids if self.timeline is not None else ()
        above = [id for id in stored if oldest <= id <= upto]
        found = self._fetch(_met, oldest=oldest, upto=upto, threads=among, pushed=above, floor=self.floor)
        return {thread for (thread,) in found}

    def _pushed(self, end: int, most: int) -> tuple[Sequence[int], int]:
        """The newest ids below `end` that were pushed, and the id down to which these are all."""
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
    """The lowest id that a timeline answers for; 0 where it holds everything."""
    return timeline.floor + 1 if timeline.floor else 0


def slots(person: Person, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of `person`'s home, as entries."""
    return slots_of(Feed(person), cursor, size)


def slots_of(feed: Feed, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of a feed, as entries."""
    source = FromTimeline(feed)
    return replace(page(source, cursor, size), stored=source.timeline is not None)
