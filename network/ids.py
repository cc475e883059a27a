"""Ids: 53-bit integers that sort by time. An id is a position in every stream, and fits a JavaScript number.

41 bits of milliseconds since EPOCH, then 12 random bits. Two processes may make the same id. The one whose
INSERT fails tries again with another id.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from threading import Lock

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)  # 41 bits last until September 2094
CHANCE_BITS = 12
MAX = 2**53 - 1

_EPOCH_MS = int(EPOCH.timestamp()) * 1000
_DECIMAL = re.compile(r"[1-9][0-9]{0,15}")
_moment: ContextVar[int | None] = ContextVar("moment", default=None)


class Ids:
    """A source of ids. Each is greater than every id that it made or was shown."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0
        self._ahead_ms = 0
        self._newest: Callable[[], int] | None = None

    def start(self, newest: Callable[[], int]) -> None:
        """Call `newest` once, before the next id is made. It returns the newest stored id, 0 for none."""
        self._newest = newest

    def correct(self, ahead_ms: int) -> bool:
        """Make ids by a clock that is `ahead_ms` ahead of this machine's. Return whether that is a change."""
        before, self._ahead_ms = self._ahead_ms, ahead_ms
        return ahead_ms != before

    def now_ms(self) -> int:
        """Return milliseconds since 1970 by the clock of ids."""
        return time.time_ns() // 1_000_000 + self._ahead_ms

    def next_id(self, now_ms: int | None = None) -> int:
        """Return a new id.

        Ids keep rising when the clock is set back: they continue from the newest known id. Raises
        OverflowError when the 53 bits are used up.
        """
        with self._lock:
            if self._newest is not None:
                self._last = max(self._last, self._newest())
                self._newest = None
            if now_ms is None:
                now_ms = _moment.get()
            now = self.now_ms() if now_ms is None else now_ms
            new = (now - _EPOCH_MS << CHANCE_BITS) + secrets.randbits(CHANCE_BITS)
            if new <= self._last:
                # A random step, so that processes whose clocks were set back do not collide at every id.
                new = self._last + 1 + secrets.randbits(4)
            if new > MAX:
                raise OverflowError("The 53 bits of ids are used up.")
            self._last = new
            return new

    def seen(self, id: int) -> None:
        """Make every later id greater than `id`, which another process made."""
        with self._lock:
            self._last = max(self._last, id)


_ids = Ids()
start, next_id, seen, correct = _ids.start, _ids.next_id, _ids.seen, _ids.correct


@contextmanager
def at_moment(moment: datetime) -> Iterator[None]:
    """Make new ids at `moment` inside this context, to load data that has its own times.

    Ids still rise. So load in the order of time, into a database with nothing newer.
    """
    token = _moment.set(int(moment.timestamp() * 1000))
    try:
        yield
    finally:
        _moment.reset(token)


def at(id: int) -> datetime:
    """Return the time at which an id was made, to the millisecond, in UTC."""
    return EPOCH + timedelta(milliseconds=id >> CHANCE_BITS)


def now() -> int:
    """Return the smallest id of this millisecond."""
    return max(_ids.now_ms() - _EPOCH_MS, 0) << CHANCE_BITS


def first_at(moment: datetime) -> int:
    """Return the smallest id of that millisecond, from 0 to MAX. Raises ValueError for a naive `moment`."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone is not one moment.")
    return min(max((moment - EPOCH) // timedelta(milliseconds=1) << CHANCE_BITS, 0), MAX)


def undated() -> int:
    """Return an id of a random time since EPOCH, for what must not show when it was made."""
    return 1 + secrets.randbelow(max(now(), 1))


def parse(raw: object) -> int | None:
    """Return the id that a string writes in plain decimal digits, from 1 to MAX. None for anything else."""
    if not isinstance(raw, str) or not _DECIMAL.fullmatch(raw):
        return None
    number = int(raw)
    return number if number <= MAX else None
