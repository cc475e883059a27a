"""A follow as one small number: the rule of `feeds/follow_rule.py` in memory.

Each flag, place and kind of stream in the rule gets a bit, so that a process can hold the follows of very
many people, who may each have thousands. The database computes the number, because each column less is one
value less to read for each follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, reduce
from itertools import groupby
from operator import add

from django.db.models import Case, Q, Value, When
from django.db.models.expressions import Combinable

from feeds.follow_rule import LETS_IN, PARTS, ROUTES, Concern, Flag
from network.models import Follow
from network.queries.rights import MODERATING

FOLLOWED = 1
MEMBER = 2
MODERATOR = 4


@cache
def bits() -> dict[Flag, int]:
    """A bit for each column and value of a follow that the rule mentions."""
    return {flag: MODERATOR << place for place, flag in enumerate(sorted(set(_mentioned())), start=1)}


@cache
def conditions(kind: str) -> tuple[tuple[int, tuple[Concern, ...]], ...]:
    """The conditions under which follows let in publications of a kind: the bit of the flag, and concerns."""
    return tuple(
        (bits()[condition.flag] if condition.flag else FOLLOWED, condition.concerns)
        for condition in LETS_IN[kind]
    )


@cache
def needed(name: str) -> int:
    """The bits that a follow must all have to lead to a feed of this name; 0 where no feed has it."""
    route = ROUTES.get(PARTS.get(name, name))
    if route is None:
        return 0
    place = bits()[Flag("place", route.place)]
    return place | bits()[Flag("stream__kind", route.kind)] if route.kind else place


def number() -> Combinable:
    """The number of a follow, as an expression of the database."""
    parts: list[Combinable] = [
        Value(FOLLOWED),
        _case((~Q(role=Follow.Role.NONE), MEMBER)),
        _case((Q(role__in=MODERATING), MODERATOR)),
    ]
    for column, flags in groupby(bits(), key=lambda flag: flag.column):
        # A column has one value, so one case finds the bit that is set.
        parts.append(_case(*((Q(**{column: flag.value}), bits()[flag]) for flag in flags)))
    return reduce(add, parts)


def _mentioned() -> Iterator[Flag]:
    for route in ROUTES.values():
        yield Flag("place", route.place)
        if route.kind:
            yield Flag("stream__kind", route.kind)
    for kind in LETS_IN:
        yield from (condition.flag for condition in LETS_IN[kind] if condition.flag)


def _case(*branches: tuple[Q, int]) -> Case:
    return Case(*(When(condition, then=Value(bit)) for condition, bit in branches), default=Value(0))
