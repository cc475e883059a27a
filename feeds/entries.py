"""What stands in a feed: entries, where they come from, and the rule of a home as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.db.models import F, Q, QuerySet

from network import ids
from network.models import Follow, Person, Publication, Stream
from network.queries.rights import blocked_with, may_read, wants


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
    """Where entries come from: one of the sets of publications that a feed merges."""

    def between(self, oldest: int, newest: int) -> QuerySet[Publication]:
        """Those with ids from `oldest` to `newest`, both included."""
        ...

    def slice(self, below: int, upto: int, most: int) -> Slice:
        """The newest entries with ids less than `below` and at most `upto`: about `most` of them."""
        ...


@dataclass(frozen=True)
class FromDatabase:
    """A source that is read as it is asked: one query a slice."""

    rows: QuerySet[Publication]

    def between(self, oldest: int, newest: int) -> QuerySet[Publication]:
        return self.rows.filter(activity__gte=oldest, activity__lte=newest)

    def slice(self, below: int, upto: int, most: int) -> Slice:
        found = fetch(self.rows.filter(activity__lt=below, activity__lte=upto), most)
        return Slice(found, found[-1].id if len(found) == most else 0)


def fetch(rows: QuerySet[Publication], most: int | None = None) -> list[Entry]:
    """The entries of some publications, newest first; one published twice may be there twice. One query."""
    columns = ("activity", "activity__post", "thread", "actor", "kind")
    return [Entry(*row) for row in rows.order_by("-activity").values_list(*columns)[:most]]


# Publications that the switches of a follow let through; for one call of `filter` with what names the follow.
SWITCHES = (
    Q(kind=Publication.Kind.POST)
    | Q(kind=Publication.Kind.COMMENT, stream__follows__comments=True)
    | Q(kind=Publication.Kind.RESHARE, stream__follows__reshares=True)
)


def followed(person: Person) -> QuerySet[Publication]:
    """What is published to streams that `person` follows with place home, by the switches of each follow."""
    return Publication.objects.filter(
        SWITCHES,
        stream__follows__follower=person,
        stream__follows__state=Follow.State.ACCEPTED,
        stream__follows__place=Follow.Place.HOME,
    )


def pulled(person: Person) -> QuerySet[Publication]:
    """Of what `person` follows, that which is not pushed to timelines: see Stream.pushed_from."""
    return followed(person).filter(stream__pushed_from__gt=F("activity"))


def visible(person: Person, rows: QuerySet[Publication]) -> QuerySet[Publication]:
    """Of some publications, those that `person` may read and wants in a feed.

    Nothing is passed on to them by somebody with whom they have a block, whoever wrote it.
    """
    by_others = ~Q(kind=Publication.Kind.RESHARE, actor__in=blocked_with(person))
    return rows.filter(
        by_others, may_read(person, "activity__post__"), wants(person, "activity__post__", "actor")
    )


def own(person: Person) -> QuerySet[Publication]:
    """What `person` did themselves, wherever it is published."""
    return Publication.objects.filter(actor=person)


def of_stream(viewer: Person | None, stream: Stream) -> QuerySet[Publication]:
    """What is published to one stream and may be read by `viewer`, whatever they have muted."""
    return Publication.objects.filter(may_read(viewer, "activity__post__"), stream=stream)


def newest(rows: QuerySet[Publication], most: int, below: int = ids.MAX + 1) -> list[int]:
    """Ids of the newest activities among some publications, each once, newest first. One query."""
    found = rows.filter(activity__lt=below).order_by("-activity").values_list("activity", flat=True)
    return list(found.distinct()[:most])
