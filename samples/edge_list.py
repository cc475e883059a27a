"""Read a social graph from an edge list: two numbers a line, plain or gzipped."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

GZIP = b"\x1f\x8b"
_EDGE = re.compile(rb"\s*([0-9]{1,15})[\s,]+([0-9]{1,15})\s*")


@dataclass(frozen=True)
class Line:
    """A line with content. `edge` is None where it is not two different numbers."""

    number: int
    edge: tuple[int, int] | None


def read(path: Path) -> Iterator[Line]:
    """Yield the lines of a file without empty lines and comments (#).

    Raises OSError, and EOFError where a gzipped file is truncated.
    """
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip() and not line.lstrip().startswith(b"#"):
                yield Line(number, _edge(line))


def count(path: Path) -> int:
    """Return how many lines `read` yields."""
    return sum(1 for _line in read(path))


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_gzipped = file.read(len(GZIP)) == GZIP
    return cast("BinaryIO", gzip.open(path)) if is_gzipped else path.open("rb")


def _edge(line: bytes) -> tuple[int, int] | None:
    found = _EDGE.fullmatch(line)
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    return (first, second) if first != second else None
