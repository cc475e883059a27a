"""A compact map from ids to numbers, for what a process keeps of very many people."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

N = TypeVar("N", int, float)


class IntMap(Generic[N]):
    """An immutable map from ids to numbers, 0 for all other ids.

    An entry takes ten to sixteen bytes; in a dict it takes a hundred. `kind` is the type code of `array` for
    the numbers.
    """

    __slots__ = ("_ids", "_numbers")

    def __init__(self, rows: Iterable[tuple[int, N]] = (), kind: str = "H") -> None:
        ordered = sorted(rows)
        self._ids = array("q", (id for id, _number in ordered))
        self._numbers: array[N] = array(kind, (number for _id, number in ordered))

    def get(self, id: int) -> N | int:
        """The number of an id; 0 if it has none."""
        index = bisect_left(self._ids, id)
        found = index < len(self._ids) and self._ids[index] == id
        return self._numbers[index] if found else 0

    def __contains__(self, id: int) -> bool:
        index = bisect_left(self._ids, id)
        return index < len(self._ids) and self._ids[index] == id

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def items(self) -> Iterator[tuple[int, N]]:
        return zip(self._ids, self._numbers, strict=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntMap) and dict(self.items()) == dict(other.items())

    def __hash__(self) -> int:
        return hash(self._ids.tobytes())


EMPTY: IntMap[Any] = IntMap()
