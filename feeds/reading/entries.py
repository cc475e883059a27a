"""What stands in a feed: entries, where they come from, and the rule of a feed as SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, QuerySet

from feeds import follow_rule
from feeds.feed import Feed
from network.models import Person, Publication, Stream
from network.queries.rights import Viewer, blocked_with, may_read, not_muted

COLUMNS = ("activity", "activity__post", "thread", "actor", "kind")  # of a publication, as an Entry has them


@dataclass(frozen=True)
class Entry:
    """An activity as it stands in a feed. `kind` is one of Publication.Kind."""

    id: int
    post: int
    thread: int
    actor: int
    kind: str


@dataclass(frozen=True)
class Slice:
    """The entries of a source from `down_to` upwards, all of them; 0 where the source ends."""

    entries: list[Entry]
    down_to: int


class Source(Protocol):
    """Where the entries of a feed come from."""

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """The newest entries with ids less than `below` and at most `upto`: about `most` of them."""
        ...

    def threads(self, oldest: int, upto: int, among: Iterable[int]) -> set[int]:
        """Which of some threads have an entry with an id from `oldest` to `upto`, both included."""
        ...


@dataclass(frozen=True)
class FromDatabase:
    """A source that is read as it is asked: one query a slice."""

    rows: QuerySet[Publication]

    def slice(self, below: int, upto: int, most: int) -> Slice:
        rows = self.rows.filter(activity__lt=below, activity__lte=upto).order_by("-activity")
        found = [Entry(*row) for row in rows.values_list(*COLUMNS)[:most]]
        return Slice(found, found[-1].id if len(found) == most else 0)

    def threads(self, oldest: int, upto: int, among: Iterable[int]) -> set[int]:
        rows = self.rows.filter(activity__gte=oldest, activity__lte=upto, thread__in=among)
        return set(rows.order_by().values_list("thread", flat=True))


def followed(feed: Feed) -> QuerySet[Publication]:
    """What is published to streams whose follows go to a feed, by the switches of each follow."""
    return Publication.objects.filter(follow_rule.brought_by(feed.person, feed.goes()))


def of_feed(feed: Feed) -> QuerySet[Publication]:
    """What may stand in a feed: what follows bring, at home also what its person did; and may be seen."""
    brought = follow_rule.brought_by(feed.person, feed.goes())
    rows = Publication.objects.filter(brought | Q(actor=feed.person) if feed.is_home else brought)
    return visible(feed.person, rows)


def visible(person: Viewer, rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """Of some publications, those that `person` may read and has not muted.

    Nothing is passed on to them by somebody with whom they have a block, whoever wrote it.
    """
    by_others = ~Q(kind=Publication.Kind.RESHARE, actor__in=blocked_with(person))
    return rows.filter(
        by_others, may_read(person, "activity__post__"), not_muted(person, "activity__post__", "actor")
    )


def of_stream(viewer: Person | None, stream: Stream) -> QuerySet[Publication]:
    """What is published to one stream and may be read by `viewer`, whatever they have muted."""
    return Publication.objects.filter(may_read(viewer, "activity__post__"), stream=stream)
