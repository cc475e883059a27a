"""Planting a fault, to see that it is caught."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from network.queries import compiled
from realtime.visibility import follow_flags


@contextmanager
def built_anew() -> Iterator[None]:
    """Inside, queries that are built once are built by what is planted."""
    forget()
    try:
        yield
    finally:
        forget()


def forget() -> None:
    built = (compiled._compiled, follow_flags.bits, follow_flags.conditions, follow_flags.needed)
    for each in built:
        each.cache_clear()
