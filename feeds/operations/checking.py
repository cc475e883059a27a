"""Whether a home or a list is what it should be: found again from scratch, slowly and plainly, and compared.

What should be there is read from publications and follows alone: no timeline, no cursor, no source. Only what
a follow lets in (`switches`), who may read what, and who muted it (`queries.rights`) is asked where everybody
asks it. What is still owed, or newer than the look, may be there or not. Where something differs, a second
look tells whether it still does: people go on following, writing and blocking meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone

from feeds.cursors import Cursor
from feeds.feed import Feed
from feeds.reading import entries, home
from feeds.reading.entries import Entry
from feeds.timelines import fanout, store
from network import ids
from network.models import Activity, Follow, Person, Publication, details
from network.queries.rights import blocked_with, may_read, not_muted

# Publications that are looked at, of what is followed and of one's own: past the end of a full timeline where
# follows let in a third of them.
DEPTH = 2400
# The first page is as people get it; later ones are long, for a look turns all of them.
FIRST, LATER = 20, 200


class What(StrEnum):
    MISSING = "missing"  # from the feed, or its thread stands there at an older entry
    WRONG = "wrong"  # in the feed, and should not be
    TWICE = "twice"  # in the feed, or above something newer
    LOST = "lost"  # missing from the stored timeline


@dataclass(frozen=True, order=True)
class Difference:
    """What is not as it should be about one entry of one feed: a person's home (their id) or a list."""

    person: int
    feed: int
    entry: int
    what: What


@dataclass
class Expected:
    """What should be: all that may stand in a feed, and what must stand in it and in its timeline."""

    may: set[int] = field(default_factory=set)
    newest: dict[int, int] = field(default_factory=dict)  # of each thread, the newest entry that is not owed
    stored: set[int] = field(default_factory=set)
    down_to: int = 0
    upto: int = 0


def check(person_id: int) -> list[Difference]:
    """What differs in a person's home and lists, twice in a row. Ten queries a feed, and a few a page."""
    found = look(person_id)
    return sorted(found & look(person_id)) if found else []


def look(person_id: int) -> set[Difference]:
    """What differs at this moment. Raises shards.AWAY where Redis does not answer."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return set()
    lists = person.lists.values_list("pk", flat=True)
    return {found for list in (None, *lists) for found in look_at(Feed(person, list))}


def look_at(feed: Feed) -> set[Difference]:
    """What differs in one feed.

    What should be is read before what is: something that is neither owed then nor in the timeline
    afterwards was lost.
    """
    expected = expect(feed)
    with store.as_it_was(feed.id):
        shown = list(_shown(feed, expected.down_to))
        stored = store.read(feed.id, feed.person.generation)
    found = list(_compare(expected, shown))
    if stored is not None:
        lost = expected.stored - set(stored.ids)
        found += [(id, What.LOST) for id in lost if id > stored.floor]
    return {Difference(feed.person.pk, feed.id, entry, what) for entry, what in found}


def expect(feed: Feed) -> Expected:
    """What should be in a feed and its timeline. Nine queries for any number of follows."""
    expected = Expected(upto=ids.first_at(timezone.now()))
    published = _newest(Publication.objects.filter(stream__in=_streams(feed)))
    own = _newest(Publication.objects.filter(actor=feed.person)) if feed.is_home else []
    # Of the last of either, and of what lies below, not everything is known.
    expected.down_to = max(rows[-1].activity_id + 1 if len(rows) == DEPTH else 0 for rows in (published, own))
    brought = _let_in(feed, published)
    allowed = _allowed(feed.person, {row.activity_id for row in (*brought, *own)})
    owed = _owed(feed.person, brought)
    served = [row for row in brought if row not in owed or not _is_pushed(row)]
    expected.stored = {
        row.activity_id for row in served if _is_pushed(row) and row.activity_id >= expected.down_to
    }
    expected.may = {row.activity_id for row in (*brought, *own)} & allowed
    for row in (*served, *own):
        if row.activity_id in allowed and row.activity_id >= expected.down_to:
            newest = expected.newest.get(row.thread_id, 0)
            expected.newest[row.thread_id] = max(newest, row.activity_id)
    return expected


def _streams(feed: Feed) -> list[int]:
    accepted = Follow.objects.filter(follower=feed.person, state=Follow.State.ACCEPTED)
    if feed.is_home:
        into = accepted.filter(place=Follow.Place.HOME)
    else:
        into = accepted.filter(place=Follow.Place.LIST, list=feed.list)
    return list(into.values_list("stream", flat=True))


def _newest(rows: QuerySet[Publication]) -> list[Publication]:
    return list(rows.select_related("stream").order_by("-activity")[:DEPTH])


def _let_in(feed: Feed, published: list[Publication]) -> list[Publication]:
    rows = entries.followed(feed).filter(pk__in=[row.pk for row in published])
    found = set(rows.values_list("pk", flat=True))
    return [row for row in published if row.pk in found]


def _is_pushed(row: Publication) -> bool:
    return row.activity_id >= row.stream.pushed_from


def _allowed(person: Person, activities: set[int]) -> set[int]:
    """The activities that the person may read and has not muted, without reshares by people with a block."""
    blocked = {row["other"] for row in blocked_with(person)}
    rows = Publication.objects.filter(
        may_read(person, "activity__post__"),
        not_muted(person, "activity__post__", "actor"),
        activity__in=activities,
    )
    return {
        row.activity_id
        for row in rows
        if not (row.kind == Publication.Kind.RESHARE and row.actor_id in blocked)
    }


def _owed(person: Person, brought: list[Publication]) -> set[Publication]:
    """Of some publications, those that a worker has still to push.

    Themselves, or their thread to a topic; or the comment by which the person took part before them.
    """
    activities = Activity.objects.filter(deliveries__kind=fanout.KIND).select_related("post")
    gained = activities.filter(type=Activity.Type.UPDATE).exclude(post=None)
    late = set(activities.filter(pk__in={row.activity_id for row in brought}).values_list("pk", flat=True))
    topics = {
        (activity.post.thread_id, stream)
        for activity in gained
        if activity.post is not None
        for stream in details.Update.read(activity).streams
    }
    own = activities.filter(type=Activity.Type.CREATE, actor=person).order_by("-pk")
    taken_part = dict(own.values_list("post__thread", "pk"))  # since the oldest that is owed
    return {
        row
        for row in brought
        if row.activity_id in late
        or (row.thread_id, row.stream_id) in topics
        or row.activity_id > taken_part.get(row.thread_id, ids.MAX)
    }


def _shown(feed: Feed, down_to: int) -> Iterator[Entry]:
    """What the pages of a feed show, one after the other, down to an entry."""
    cursor, size = None, FIRST
    while True:
        page = home.slots_of(feed, cursor, size)
        yield from page.entries
        if page.older is None or page.older.before < down_to:
            return
        cursor, size = Cursor.parse(str(page.older)), LATER


def _compare(expected: Expected, shown: Iterable[Entry]) -> Iterator[tuple[int, What]]:
    """Which entries differ, and how."""
    at: dict[int, int] = {}
    above = ids.MAX + 1
    for entry in shown:
        if entry.id >= above or entry.thread in at:
            yield entry.id, What.TWICE
        above = entry.id
        at.setdefault(entry.thread, entry.id)
        if expected.down_to <= entry.id <= expected.upto and entry.id not in expected.may:
            yield entry.id, What.WRONG
    for thread, newest in expected.newest.items():
        if at.get(thread, 0) < newest:
            yield newest, What.MISSING
