"""A line that says how far long work has come: what is done, how fast, what remains."""

from __future__ import annotations

import time
from typing import Protocol


class Stream(Protocol):
    """What Progress writes to: a file, or a command's wrapper of one."""

    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...
    def isatty(self) -> bool: ...


class Progress:
    """Rewrites one line on a terminal; elsewhere it writes a line now and then.

    Called with what is done and how much there is, None where nobody knows.
    """

    def __init__(self, stream: Stream, unit: str) -> None:
        self.stream = stream
        self.unit = unit
        self.started = time.monotonic()
        self.is_terminal = stream.isatty()
        self._pause = 0.2 if self.is_terminal else 5.0
        self._said = self.started
        self._last: tuple[int, int | None, str] = (0, None, "")

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say it, unless something was said a moment ago."""
        self._last = (done, total, note)
        now = time.monotonic()
        if now - self._said >= self._pause:
            self._said = now
            self._write(self.line(now - self.started, *self._last))

    def end(self) -> None:
        """Say how it ended."""
        done, _total, note = self._last
        self._write(self.line(time.monotonic() - self.started, done, done, note))
        if self.is_terminal:
            self.stream.write("\n")

    def line(self, seconds: float, done: int, total: int | None, note: str = "") -> str:
        rate = done / max(seconds, 1e-9)
        how_many = f"{done:,}" if total in (None, done) else f"{done:,} of {total:,}"
        parts = [f"{how_many} {self.unit}", f"{rate:,.0f}/s"]
        if done == total:
            parts.append(f"{seconds:.1f} s")
        elif total is not None and rate > 0:
            parts.append(f"{(total - done) / rate:,.0f} s left")
        return ", ".join([*parts, note] if note else parts)

    def _write(self, line: str) -> None:
        self.stream.write(f"\r\x1b[K{line}" if self.is_terminal else f"{line}\n")
        self.stream.flush()
