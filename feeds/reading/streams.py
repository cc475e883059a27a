"""The pages of one stream, of a person or a topic. Mutes do not apply: the viewer opened its address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from feeds.cursors import Cursor
from feeds.reading import entries
from feeds.reading.entries import Entry, Slice
from feeds.reading.paging import Slots, page
from network.models import Person, Publication, Stream
from network.queries.compiled import Build, fetch
from network.queries.parameters import PERSON, Parameter, ParameterList


def slots(viewer: Person | None, stream: Stream, cursor: Cursor | None = None) -> Slots:
    """One page of what is published to a stream, each thread once, newest first. Raises Invalid."""
    return page(Published(viewer, stream), cursor)


@dataclass(frozen=True)
class Published:
    """The publications of a stream that `viewer` may read, a Source. One query for each slice."""

    viewer: Person | None
    stream: Stream

    def slice(self, below: int, upto: int, most: int) -> Slice:
        found = [Entry(*row) for row in self._fetch(_slice, most, below=below, upto=upto)]
        return Slice(found, found[-1].id if len(found) == most else 0)

    def threads(self, oldest: int, upto: int, among: Iterable[int]) -> set[int]:
        return {thread for (thread,) in self._fetch(_threads, oldest=oldest, upto=upto, threads=among)}

    def _fetch(self, build: Build, *args: int, **values: int | Iterable[int]) -> list[tuple[Any, ...]]:
        person = 0 if self.viewer is None else self.viewer.pk
        return fetch(build, self.viewer is None, *args, person=person, stream=self.stream.pk, **values)


def _slice(is_signed_out: bool, most: int) -> QuerySet[Publication, Any]:
    rows = _published(is_signed_out).filter(activity__lt=Parameter("below"), activity__lte=Parameter("upto"))
    return rows.order_by("-activity").values_list(*entries.COLUMNS)[:most]


def _threads(is_signed_out: bool) -> QuerySet[Publication, Any]:
    rows = _published(is_signed_out).filter(
        activity__gte=Parameter("oldest"),
        activity__lte=Parameter("upto"),
        thread__in=ParameterList("threads"),
    )
    return rows.order_by().values_list("thread")


def _published(is_signed_out: bool) -> QuerySet[Publication, Any]:
    return entries.of_stream(None if is_signed_out else PERSON, Parameter("stream"))
