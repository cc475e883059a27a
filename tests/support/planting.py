"""Planted faults: faults that a test puts into the code, to prove that a check finds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from network.queries import compiled
from realtime.visibility import follow_flags


@contextmanager
def built_anew() -> Iterator[None]:
    """Clear the caches of queries and flags before and after the block, so that the planted code is used."""
    forget()
    try:
        yield
    finally:
        forget()


def forget() -> None:
    built = (compiled._compiled, follow_flags.bits, follow_flags.conditions, follow_flags.needed)
    for each in built:
        each.cache_clear()
