"""Read a timeline, and rebuild it from the database where it is missing or outdated."""

from __future__ import annotations

import logging

from feeds import metrics
from feeds.feed import Feed
from feeds.timelines import merge, store
from feeds.timelines.shards import UNAVAILABLE
from feeds.timelines.store import Timeline
from network.models import Person

log = logging.getLogger(__name__)


def stored_or_rebuilt(feed: Feed) -> Timeline | None:
    """The timeline of a feed, rebuilt where it is missing. None where Redis does not answer."""
    source, timeline = "database", None
    try:
        if timeline := store.read(feed.id, feed.person.generation):
            source = "timeline"
        elif timeline := rebuild(feed):
            source = "rebuilt"
    except UNAVAILABLE as error:
        log.warning("Timelines do not answer, the database does: %s", error)
    metrics.count(f"pages.{source}")
    return timeline


def rebuild_if_outdated(person_id: int) -> None:
    """Rebuild the timeline of a home, if it has one of an older generation of follows."""
    person = Person.objects.get(pk=person_id)
    if store.is_outdated(person_id, person.generation):
        rebuild(Feed(person))


def rebuild(feed: Feed) -> Timeline | None:
    """Rebuild the timeline of a feed from the database. None where somebody else holds the lock. One query.

    The lock is taken before the database is read, so whatever is published meanwhile is in one or the other.
    The generation is read before as well: if it changes meanwhile, the new timeline is outdated at once.
    """
    lock = store.begin_rebuild(feed.id)
    if lock is None:
        return None
    generation = Person.objects.values_list("generation", flat=True).get(pk=feed.person.pk)
    found = merge.followed(feed, store.KEPT)
    floor = found[-1] - 1 if len(found) == store.KEPT else 0
    timeline = Timeline(found, floor)
    store.finish_rebuild(feed.id, lock, timeline, generation)
    return timeline
