"""A progress line for long work: what is done, how fast, how long it still takes."""

from __future__ import annotations

import time
from typing import Protocol


class Output(Protocol):
    """A file, or Django's OutputWrapper around one."""

    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...
    def isatty(self) -> bool: ...


class Progress:
    """Rewrite one line on a terminal; elsewhere write a line every five seconds."""

    def __init__(self, stream: Output, unit: str) -> None:
        self.stream = stream
        self.unit = unit
        self.started = time.monotonic()
        self.is_terminal = stream.isatty()
        self._pause = 0.2 if self.is_terminal else 5.0
        self._written_at = self.started
        self._last: tuple[int, int | None, str] = (0, None, "")

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show that `done` of `total` are done; `total` is None where it is unknown."""
        self._last = (done, total, note)
        now = time.monotonic()
        if now - self._written_at >= self._pause:
            self._written_at = now
            self._write(self.line(now - self.started, *self._last))

    def end(self) -> None:
        """Write the last line."""
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
