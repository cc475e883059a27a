"""Reading a timeline, and building it from the database where it is missing or out of date."""

from __future__ import annotations

import logging

from feeds import metrics
from feeds.feed import Feed
from feeds.timelines import merge, store
from feeds.timelines.shards import AWAY
from feeds.timelines.store import Timeline
from network.models import Person

log = logging.getLogger(__name__)


def stored_or_rebuilt(feed: Feed) -> Timeline | None:
    """The timeline of a feed, built where it is missing; None where Redis does not answer."""
    source, timeline = "database", None
    try:
        if timeline := store.read(feed.id, feed.person.generation):
            source = "timeline"
        elif timeline := rebuild(feed):
            source = "rebuilt"
    except AWAY as error:
        log.warning("Timelines do not answer, the database does: %s", error)
    metrics.count(f"pages.{source}")
    return timeline


def renew(person_id: int) -> None:
    """Build a timeline anew that is out of date, before its person asks; nothing where there is none."""
    person = Person.objects.get(pk=person_id)
    if store.is_behind(person_id, person.generation):
        rebuild(Feed(person))


def rebuild(feed: Feed) -> Timeline | None:
    """Build the timeline of a feed from the database: one query. None where somebody else is at it.

    The mark is set before the database is read, so that what is published meanwhile is in one or the
    other. The generation is read before as well: if it moves meanwhile, the seal is out of date at once.
    """
    mark = store.begin_rebuild(feed.id)
    if mark is None:
        return None
    generation = Person.objects.values_list("generation", flat=True).get(pk=feed.person.pk)
    found = merge.followed(feed, store.KEPT)
    floor = found[-1] - 1 if len(found) == store.KEPT else 0
    timeline = Timeline(found, floor)
    store.finish_rebuild(feed.id, mark, timeline, generation)
    return timeline
