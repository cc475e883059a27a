"""Reading a social graph from a file: an edge a line, as two numbers, plain or gzipped."""

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
    """A line that says something. `edge` is None where it cannot be read as two different numbers."""

    number: int
    edge: tuple[int, int] | None


def read(path: Path) -> Iterator[Line]:
    """The lines of a file; empty ones and remarks (#) are left out.

    Raises OSError, and EOFError where a gzipped file is cut off.
    """
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip() and not line.lstrip().startswith(b"#"):
                yield Line(number, _edge(line))


def count(path: Path) -> int:
    """How many lines `read` will give."""
    return sum(1 for _line in read(path))


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        is_gzipped = file.read(len(GZIP)) == GZIP
    return cast("BinaryIO", gzip.open(path)) if is_gzipped else path.open("rb")


def _edge(line: bytes) -> tuple[int, int] | None:
    found = _EDGE.fullmatch(line)
    if found is None:
        return None
    one, other = int(found[1]), int(found[2])
    return (one, other) if one != other else None
