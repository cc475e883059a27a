"""The rights and mutes of people in memory, so that frames are filtered without queries."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from network.models import Block, Follow, Mute
from network.queries import site
from network.queries.compiled import fetch
from network.queries.parameters import ParameterList
from realtime.visibility import follow_flags
from realtime.visibility.int_map import EMPTY, IntMap, N

FLAGS, IDS, MOMENTS = "H", "q", "d"  # type codes of the maps
Rows = defaultdict[int, list[tuple[int, N]]]  # of the map of each person


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person follows, belongs to, has a block with, and has muted.

    `follows` holds the flags of accepted follows (`follow_flags`), and `lists` the list to which a follow
    leads, if it leads to one, both by stream. Mutes hold the moment, in seconds since 1970, at which they
    end. The rights of nobody, who is signed out, are empty, and `person` is None. They `reads_nothing` on a
    closed server.
    """

    person: int | None = None
    follows: IntMap[int] = EMPTY
    lists: IntMap[int] = EMPTY
    blocked: IntMap[int] = EMPTY
    muted_people: IntMap[float] = EMPTY
    muted_threads: IntMap[float] = EMPTY
    muted_topics: IntMap[float] = EMPTY
    muted_words: dict[str, float] = field(default_factory=dict)
    reads_nothing: bool = False


NOBODY = Rights()
SHUT_OUT = Rights(reads_nothing=True)


def of_nobody() -> Rights:
    """The rights of people who are signed out, on an open or a closed server. One query."""
    return NOBODY if site.is_open() else SHUT_OUT


def load(people: Iterable[int]) -> dict[int, Rights]:
    """The rights of some people, by person. Three queries."""
    wanted = set(people)
    if not wanted:
        return {}
    follows, lists = _follows(wanted)
    blocked = _blocked(wanted)
    muted_people, muted_threads, muted_topics, words = _mutes(wanted)
    return {
        person: Rights(
            person,
            _int_map(follows[person], FLAGS),
            _int_map(lists[person], IDS),
            _int_map(blocked[person], FLAGS),
            _int_map(muted_people[person], MOMENTS),
            _int_map(muted_threads[person], MOMENTS),
            _int_map(muted_topics[person], MOMENTS),
            words[person],
        )
        for person in wanted
    }


def _int_map(rows: list[tuple[int, N]], kind: str) -> IntMap[N]:
    return IntMap(rows, kind) if rows else EMPTY


def _follows(people: set[int]) -> tuple[Rows[int], Rows[int]]:
    """For each person, the flags of the follow of each stream, and the list to which it leads."""
    found: Rows[int] = defaultdict(list)
    lists: Rows[int] = defaultdict(list)
    for follower, stream, flags, into in fetch(_accepted, people=people):
        found[follower].append((stream, flags))
        if into is not None:
            lists[follower].append((stream, into))
    return found, lists


def _accepted() -> QuerySet[Follow, Any]:
    rows = Follow.objects.filter(follower__in=ParameterList("people"), state=Follow.State.ACCEPTED)
    return rows.values_list("follower", "stream", follow_flags.number(), "list")


def _blocked(people: set[int]) -> Rows[int]:
    found: Rows[int] = defaultdict(list)
    rows = Block.objects.filter(Q(blocker__in=people) | Q(blocked__in=people))
    for pair in rows.values_list("blocker", "blocked"):
        for one, other in (pair, pair[::-1]):
            if one in people:
                found[one].append((other, 1))
    return found


def _mutes(
    people: set[int],
) -> tuple[Rows[float], Rows[float], Rows[float], defaultdict[int, dict[str, float]]]:
    """For each person, when their mutes end: of people, threads, topics and words."""
    others, threads, topics = (Rows[float](list) for _ in range(3))
    words: defaultdict[int, dict[str, float]] = defaultdict(dict)
    rows = Mute.objects.filter(person__in=people)
    columns = ("person", "muted_person", "thread", "topic", "word", "until")
    for person, other, thread, topic, word, until in rows.values_list(*columns):
        ends = _moment(until)
        if word:
            words[person][word] = ends
        for muted, id in ((others, other), (threads, thread), (topics, topic)):
            if id is not None:
                muted[person].append((id, ends))
    return others, threads, topics, words


def _moment(until: datetime | None) -> float:
    return math.inf if until is None else until.timestamp()
