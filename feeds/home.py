"""A person's home: the merge of what they follow, read from their timeline in Redis.

With nothing owed a page equals what the database alone would answer; before that it may lack what is
unfinished, never the person's own acts, and it never holds what they may not read: a timeline gives
candidates, and the database has the last word on each.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import redis
from django.db.models import Q, QuerySet

from feeds import entries, timelines
from feeds.entries import FromDatabase, Slice
from feeds.paging import PAGE, Cursor, Slots, page
from feeds.timelines import Timeline
from network.models import Person, Publication

log = logging.getLogger(__name__)


@dataclass
class FromTimeline:
    """What a person follows, by their timeline above its floor and by the database below it."""

    person: Person
    rows: QuerySet[Publication] = field(init=False)
    timeline: Timeline | None = field(init=False)

    def __post_init__(self) -> None:
        self.rows = entries.visible(self.person, entries.followed(self.person))
        self.timeline = stored_or_rebuilt(self.person)

    def between(self, oldest: int, newest: int) -> QuerySet[Publication]:
        """What an earlier page could show: what is not delivered yet was on none, and hides no older word."""
        if self.timeline is None:
            return self.rows.filter(activity__gte=oldest, activity__lte=newest)
        above = [id for id in self.timeline.ids if oldest <= id <= newest]
        below = Q(activity__gte=oldest, activity__lte=min(newest, self.timeline.floor))
        return self.rows.filter(Q(activity__in=above) | below)

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """Two queries at most: candidates where the timeline has none, and what they are."""
        if self.timeline is not None and below > self.timeline.floor + 1:
            candidates = [id for id in self.timeline.ids if id < below and id <= upto][:most]
            down_to = candidates[-1] if len(candidates) == most else floor_of(self.timeline)
        else:
            candidates = entries.newest(entries.followed(self.person), most, min(below, upto + 1))
            down_to = candidates[-1] if len(candidates) == most else 0
        return Slice(entries.fetch(self.rows.filter(activity__in=candidates)), down_to)


def floor_of(timeline: Timeline) -> int:
    """Where the database takes over; 0 where the timeline holds all there is."""
    return timeline.floor + 1 if timeline.floor else 0


def slots(person: Person, cursor: Cursor | None = None, size: int = PAGE) -> Slots:
    """One page of `person`'s home, as entries. Raises Invalid for a cursor that is not one."""
    own = FromDatabase(entries.visible(person, entries.own(person)))
    # Pulled streams are asked after the timeline: one that is pushed no longer is in one or the other.
    pulled = FromDatabase(entries.visible(person, entries.pulled(person)))
    return page([FromTimeline(person), own, pulled], cursor, size)


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
    found = entries.newest(entries.followed(person), timelines.KEPT)
    floor = found[-1] - 1 if len(found) == timelines.KEPT else 0
    timeline = Timeline(found, floor)
    timelines.finish_rebuild(person.pk, mark, timeline, generation)
    return timeline
