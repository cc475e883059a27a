"""Reasons: why a card is in a feed, from the publications that brought it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from feeds.feed import Feed, of_form
from feeds.reading import entries
from network.models import Group, Person, Publication, Stream, Topic
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, Parameter, ParameterList

STREAMS = Instances(Stream, ["person", "topic", "group"])


class Why(StrEnum):
    FOLLOWED = "followed"  # a person who writes in the thread
    TOPIC = "topic"  # a topic that it is about
    GROUP = "group"  # the group that it is in
    RESHARED = "reshared"  # a person who passed it on


@dataclass(frozen=True)
class Reason:
    """A person, topic or group that the reader follows, and that brought a thread to a feed."""

    why: Why
    what: Person | Topic | Group


def reasons(feed: Feed, threads: Iterable[int], upto: int) -> dict[int, list[Reason]]:
    """By thread, all followed streams that brought an entry of it, with ids up to `upto`. Two queries."""
    given = {"person": feed.person.pk, "list": feed.list, "threads": threads, "upto": upto}
    brought = fetch(_brought, feed.form, **given)
    ways = {(thread, stream, kind == Publication.Kind.RESHARE) for thread, stream, kind in brought}
    streams = {row.pk: row for row in STREAMS.read(fetch(_streams, streams={way[1] for way in ways}))}
    found: dict[int, list[Reason]] = defaultdict(list)
    for thread, stream, is_reshare in sorted(ways):
        reason = _reason(streams[stream], is_reshare)
        if reason not in found[thread]:
            found[thread].append(reason)
    return found


def _brought(form: str) -> QuerySet[Publication, Any]:
    rows = entries.visible(PERSON, entries.followed(of_form(form)))
    rows = rows.filter(thread__in=ParameterList("threads"), activity__lte=Parameter("upto"))
    return rows.order_by().values_list("thread", "stream", "kind").distinct()


def _streams() -> QuerySet[Stream, Any]:
    return STREAMS.select(Stream.objects.filter(pk__in=ParameterList("streams")))


def _reason(stream: Stream, is_reshare: bool) -> Reason:
    if stream.kind == Stream.Kind.TOPIC:
        return Reason(Why.TOPIC, stream.topic)
    if stream.kind == Stream.Kind.GROUP:
        return Reason(Why.GROUP, stream.group)
    return Reason(Why.RESHARED if is_reshare else Why.FOLLOWED, stream.person)
