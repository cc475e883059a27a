"""The rights and wishes of people, in memory: what frames are filtered by, without a query a frame."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from network.models import Block, Follow, Mute, Person, Stream
from network.queries.compiled import SOMEBODY, ask, these
from network.queries.rights import MODERATING

# What a follow gives, as bits: one small number a follow, for there may be thousands of a person.
FOLLOWED = 1
HOME = 2
COMMENTS = 4
RESHARES = 8
MEMBER = 16
MODERATOR = 32
# Of what kind the stream is.
OF_KIND = {str(Stream.Kind.PERSON): 64, str(Stream.Kind.TOPIC): 128, str(Stream.Kind.GROUP): 256}


class Follows:
    """What each of some streams gives: ten bytes a stream, where a dict takes a hundred."""

    __slots__ = ("_given", "_streams")

    def __init__(self, given: Iterable[tuple[int, int]] = ()) -> None:
        rows = sorted(given)
        self._streams = array("q", (stream for stream, _bits in rows))
        self._given = array("H", (bits for _stream, bits in rows))

    def get(self, stream: int) -> int:
        """The bits of a stream; 0 where it is not followed."""
        place = bisect_left(self._streams, stream)
        found = place < len(self._streams) and self._streams[place] == stream
        return self._given[place] if found else 0

    def items(self) -> Iterator[tuple[int, int]]:
        return zip(self._streams, self._given, strict=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Follows) and dict(self.items()) == dict(other.items())

    def __hash__(self) -> int:
        return hash(self._streams.tobytes())


NOTHING = Follows()


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person follows, belongs to, has a block with, and has muted.

    `follows` holds bits by stream, accepted follows only, and `lists` the list to which a stream goes, if it
    goes to one; mutes hold the moment, in seconds since 1970, at which they end. Whoever is signed out has
    none of it, and `person` is None.
    """

    person: int | None = None
    follows: Follows = NOTHING
    lists: dict[int, int] = field(default_factory=dict)
    blocked: frozenset[int] = frozenset()
    muted_people: dict[int, float] = field(default_factory=dict)
    muted_threads: dict[int, float] = field(default_factory=dict)
    muted_topics: dict[int, float] = field(default_factory=dict)
    muted_words: dict[str, float] = field(default_factory=dict)


NOBODY = Rights()


def load(people: Iterable[int]) -> dict[int, Rights]:
    """The rights of any number of people, in three queries."""
    wanted = set(people)
    if not wanted:
        return {}
    follows, lists = _follows(wanted)
    blocked = _blocked(wanted)
    mutes: dict[str, defaultdict[int, dict[int, float]]] = {
        column: defaultdict(dict) for column in ("muted_person", "thread", "topic")
    }
    words: defaultdict[int, dict[str, float]] = defaultdict(dict)
    columns = ("person", "muted_person", "thread", "topic", "word", "until")
    for person, other, thread, topic, word, until in Mute.objects.filter(person__in=wanted).values_list(
        *columns
    ):
        ends = _moment(until)
        if word:
            words[person][word] = ends
        for column, value in (("muted_person", other), ("thread", thread), ("topic", topic)):
            if value is not None:
                mutes[column][person][value] = ends
    return {
        person: Rights(
            person,
            Follows(follows[person]),
            lists[person],
            frozenset(blocked[person]),
            mutes["muted_person"][person],
            mutes["thread"][person],
            mutes["topic"][person],
            words[person],
        )
        for person in wanted
    }


def _follows(
    people: set[int],
) -> tuple[defaultdict[int, list[tuple[int, int]]], defaultdict[int, dict[int, int]]]:
    """For each person, what each stream that they follow gives, and to which list it goes."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    lists: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for follower, stream, kind, place, into, comments, reshares, role in ask(
        _accepted, SOMEBODY, people=people
    ):
        if into is not None:
            lists[follower][stream] = into
        bits = (
            FOLLOWED
            | OF_KIND[kind]
            | (HOME if place == Follow.Place.HOME else 0)
            | (COMMENTS if comments else 0)
            | (RESHARES if reshares else 0)
            | (MEMBER if role != Follow.Role.NONE else 0)
            | (MODERATOR if role in MODERATING else 0)
        )
        found[follower].append((stream, bits))
    return found, lists


def _accepted(person: Person) -> QuerySet[Follow, Any]:
    rows = Follow.objects.filter(follower__in=these("people"), state=Follow.State.ACCEPTED)
    columns = ("follower", "stream", "stream__kind", "place", "list", "comments", "reshares", "role")
    return rows.values_list(*columns)


def _blocked(people: set[int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Block.objects.filter(Q(blocker__in=people) | Q(blocked__in=people))
    for blocker, blocked in rows.values_list("blocker", "blocked"):
        found[blocker].add(blocked)
        found[blocked].add(blocker)
    return found


def _moment(until: datetime | None) -> float:
    return math.inf if until is None else until.timestamp()
