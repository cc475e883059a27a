"""A person's home: the merge of what they follow, read from their timeline in Redis.

With nothing owed a page equals what the database alone would answer; before that it may lack what is
unfinished, never the person's own acts, and it never holds what they may not read: a timeline gives
candidates, and the database has the last word on each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import redis
from django.db.models import F, Q, QuerySet

from feeds import entries, newest, timelines
from feeds.entries import Entry, Slice
from feeds.paging import PAGE, Cursor, Slots, page
from feeds.timelines import Timeline
from network import ids
from network.models import Person, Publication
from network.queries.compiled import ask, one, these

log = logging.getLogger(__name__)


class Home:
    """The entries of a person's home: by their timeline above its floor, by the database below it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.timeline = stored_or_rebuilt(person)
        self.floor = ids.MAX if self.timeline is None else self.timeline.floor

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """Candidates, and which of them stand in the home: two queries, and one more below the floor.

        What is pulled is asked for after the timeline: a stream that is pushed no longer is in one or the
        other.
        """
        end = min(below, upto + 1)
        pushed, down_to = self._pushed(end, most)
        unpushed = newest.unpushed(self.person, most, end)
        if len(unpushed) == most:
            down_to = max(down_to, unpushed[-1])
        candidates = [id for id in sorted({*pushed, *unpushed}, reverse=True) if id >= down_to][:most]
        if len(candidates) == most:
            down_to = candidates[-1]
        return Slice([Entry(*row) for row in ask(_standing, self.person, candidates=candidates)], down_to)

    def threads(self, oldest: int, upto: int, among: Iterable[int]) -> set[int]:
        """Those that an earlier page could show: what is not delivered yet was on none."""
        stored = self.timeline.ids if self.timeline is not None else ()
        above = [id for id in stored if oldest <= id <= upto]
        found = ask(
            _met, self.person, oldest=oldest, upto=upto, threads=among, pushed=above, floor=self.floor
        )
        return {thread for (thread,) in found}

    def _pushed(self, end: int, most: int) -> tuple[Sequence[int], int]:
        """The newest ids less than `end` of what is followed, and down to where these are all."""
        if self.timeline is None or end <= self.floor + 1:
            found = newest.followed(self.person, most, end)
            return found, found[-1] if len(found) == most else 0
        found = [id for id in self.timeline.ids if id < end][:most]
        return found, found[-1] if len(found) == most else floor_of(self.timeline)


def _standing(person: Person) -> QuerySet[Publication, Any]:
    """Of candidates, those that stand in the home of `person`, newest first."""
    rows = entries.of_home(person).filter(activity__in=these("candidates"))
    return rows.order_by("-activity").values_list(*entries.COLUMNS).distinct()


def _met(person: Person) -> QuerySet[Publication, Any]:
    """Threads of entries that are in the home of `person` by way of the timeline, or without it."""
    in_reach = (
        Q(activity__in=these("pushed"))
        | Q(activity__lte=one("floor"))
        | Q(actor=person)
        | Q(stream__pushed_from__gt=F("activity"))
    )
    rows = entries.of_home(person).filter(
        in_reach, activity__gte=one("oldest"), activity__lte=one("upto"), thread__in=these("threads")
    )
    return rows.order_by().values_list("thread").distinct()


def floor_of(timeline: Timeline) -> int:
    """Where the database takes over; 0 where the timeline holds all there is."""
    return timeline.floor + 1 if timeline.floor else 0


def slots(person: Person, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of `person`'s home, as entries. Raises Invalid for a cursor that is not one."""
    return page(Home(person), cursor, size)


def stored_or_rebuilt(person: Person) -> Timeline | None:
    """The timeline of a person, built where it is missing; None where Redis does not answer."""
    try:
        return timelines.read(person.pk, person.generation) or rebuild(person)
    except redis.RedisError as error:
        log.warning("Timelines do not answer, the database does: %s", error)
        return None


def renew(person_id: int) -> None:
    """Build a timeline anew that is out of date, before its person asks; nothing where there is none."""
    person = Person.objects.get(pk=person_id)
    if timelines.is_behind(person_id, person.generation):
        rebuild(person)


def rebuild(person: Person) -> Timeline | None:
    """Build a person's timeline from the database: one query. None where somebody else is at it.

    The mark is set before the database is read, so that what is published meanwhile is in one or the
    other. The generation is read before as well: if it moves meanwhile, the seal is out of date at once.
    """
    mark = timelines.begin_rebuild(person.pk)
    if mark is None:
        return None
    generation = Person.objects.values_list("generation", flat=True).get(pk=person.pk)
    found = newest.followed(person, timelines.KEPT)
    floor = found[-1] - 1 if len(found) == timelines.KEPT else 0
    timeline = Timeline(found, floor)
    timelines.finish_rebuild(person.pk, mark, timeline, generation)
    return timeline
