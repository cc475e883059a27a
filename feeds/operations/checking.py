"""Check feeds: compute again from the database what a feed should hold, and compare.

The expected entries come from publications and follows alone, without timelines, cursors and sources. Only
the rule of follows (`follow_rule`) and the rights of readers (`queries.rights`) are shared with the code that
is checked. Entries that are pending, or newer than the check, may be there or not. A difference counts only
if a second check finds it too, because people follow, write and block meanwhile.
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

# Publications that are read, of followed streams and of one's own. A full timeline is shorter, as long as
# follows let in a third of them.
DEPTH = 2400
# The first page has its usual size. Later ones are longer, because all of them are read.
FIRST, LATER = 20, 200


class Fault(StrEnum):
    MISSING = "missing"  # from the feed, or its thread stands there at an older entry
    WRONG = "wrong"  # in the feed, and should not be
    TWICE = "twice"  # in the feed, or above a newer entry
    LOST = "lost"  # missing from the stored timeline


@dataclass(frozen=True, order=True)
class Difference:
    """A fault of one entry in one feed: the home of a person, by their id, or one of their lists."""

    person: int
    feed: int
    entry: int
    fault: Fault


@dataclass
class Expected:
    """What a feed should hold.

    `may` are the activities that may stand in it, `newest` the entries that must, and `stored` what its
    timeline must hold above its floor. Nothing is known of entries below `down_to` and above `upto`.
    """

    may: set[int] = field(default_factory=set)
    newest: dict[int, int] = field(default_factory=dict)  # by thread, its newest entry that is delivered
    stored: set[int] = field(default_factory=set)
    down_to: int = 0
    upto: int = 0


def check(person_id: int) -> list[Difference]:
    """The differences that two checks of a person's home and lists both find.

    Ten queries for each feed, and a few for each page. Raises shards.UNAVAILABLE.
    """
    found = look(person_id)
    return sorted(found & look(person_id)) if found else []


def look(person_id: int) -> set[Difference]:
    """The differences of one check. Raises shards.UNAVAILABLE where Redis does not answer."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return set()
    lists = person.lists.values_list("pk", flat=True)
    return {found for list in (None, *lists) for found in look_at(Feed(person, list))}


def look_at(feed: Feed) -> set[Difference]:
    """The differences of one feed.

    The expected entries are read first. So an entry that is neither pending then, nor in the timeline
    afterwards, was lost.
    """
    expected = expect(feed)
    with store.without_extending_ttl(feed.id):
        shown = list(_shown(feed, expected.down_to))
        stored = store.read(feed.id, feed.person.generation)
    found = list(_compare(expected, shown))
    if stored is not None:
        lost = expected.stored - set(stored.ids)
        found += [(id, Fault.LOST) for id in lost if id > stored.floor]
    return {Difference(feed.person.pk, feed.id, entry, fault) for entry, fault in found}


def expect(feed: Feed) -> Expected:
    """What a feed and its timeline should hold. Nine queries for any number of follows."""
    expected = Expected(upto=ids.first_at(timezone.now()))
    published = _newest(Publication.objects.filter(stream__in=_streams(feed)))
    own = _newest(Publication.objects.filter(actor=feed.person)) if feed.is_home else []
    # Below the last that was read, some publications are not known.
    expected.down_to = max(rows[-1].activity_id + 1 if len(rows) == DEPTH else 0 for rows in (published, own))
    brought = _let_in(feed, published)
    allowed = _allowed(feed.person, {row.activity_id for row in (*brought, *own)})
    pending = _pending(feed.person, brought)
    served = [row for row in brought if row not in pending or not _is_pushed(row)]
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
    own = Follow.objects.filter(feed.follows(), follower=feed.person, state=Follow.State.ACCEPTED)
    return list(own.values_list("stream", flat=True))


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


def _pending(person: Person, brought: list[Publication]) -> set[Publication]:
    """Of some publications, those that a worker has still to push.

    Pending is the activity itself, or the edit by which its thread gained a topic, or the comment by which
    the person took part in the thread before it.
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
    taken_part = dict(own.values_list("post__thread", "pk"))  # from the oldest pending one on
    return {
        row
        for row in brought
        if row.activity_id in late
        or (row.thread_id, row.stream_id) in topics
        or row.activity_id > taken_part.get(row.thread_id, ids.MAX)
    }


def _shown(feed: Feed, down_to: int) -> Iterator[Entry]:
    """The entries of all pages of a feed, down to an id."""
    cursor, size = None, FIRST
    while True:
        page = home.slots_of(feed, cursor, size)
        yield from page.entries
        if page.older is None or page.older.before < down_to:
            return
        cursor, size = Cursor.parse(str(page.older)), LATER


def _compare(expected: Expected, shown: Iterable[Entry]) -> Iterator[tuple[int, Fault]]:
    """The entries that differ, each with its fault."""
    at: dict[int, int] = {}
    above = ids.MAX + 1
    for entry in shown:
        if entry.id >= above or entry.thread in at:
            yield entry.id, Fault.TWICE
        above = entry.id
        at.setdefault(entry.thread, entry.id)
        if expected.down_to <= entry.id <= expected.upto and entry.id not in expected.may:
            yield entry.id, Fault.WRONG
    for thread, newest in expected.newest.items():
        if at.get(thread, 0) < newest:
            yield newest, Fault.MISSING
