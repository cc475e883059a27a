"""Entries of feeds, their sources, and querysets of what may stand in a feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, QuerySet

from feeds import follow_rule
from feeds.feed import Feed
from network.models import Publication, Stream
from network.queries.parameters import Parameter
from network.queries.rights import Viewer, blocked_with, may_read, not_muted

COLUMNS = ("activity", "activity__post", "thread", "actor", "kind")  # of a publication, as an Entry has them


@dataclass(frozen=True)
class Entry:
    """An activity in a feed. `kind` is one of Publication.Kind."""

    id: int
    post: int
    thread: int
    actor: int
    kind: str


@dataclass(frozen=True)
class Slice:
    """All entries of a source with ids from `down_to` upwards; `down_to` is 0 at the end of the source."""

    entries: list[Entry]
    down_to: int


class Source(Protocol):
    """A source of the entries of a feed."""

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """About `most` of the newest entries with ids below `below` and up to `upto`."""
        ...

    def threads(self, oldest: int, upto: int, among: Iterable[int]) -> set[int]:
        """Those of some threads that have an entry with an id from `oldest` to `upto`, both included."""
        ...


def followed(feed: Feed) -> QuerySet[Publication]:
    """Publications that follows bring to a feed, each by its own flags."""
    return Publication.objects.filter(follow_rule.brought_by(feed.person, feed.follows()))


def of_feed(feed: Feed) -> QuerySet[Publication]:
    """Publications that may stand in a feed: brought by follows or, at home, by its person; and visible."""
    brought = follow_rule.brought_by(feed.person, feed.follows())
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


def of_stream(viewer: Viewer | None, stream: Stream | Parameter) -> QuerySet[Publication]:
    """Publications of one stream that `viewer` may read. Mutes do not apply."""
    return Publication.objects.filter(may_read(viewer, "activity__post__"), stream=stream)
