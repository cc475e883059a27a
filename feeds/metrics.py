"""What the processes of a site count together: gathered in each, added up in Redis every few seconds.

Counting costs no trip. What is counted is for operators to see; losing some of it hurts nobody.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from functools import cache
from threading import Lock, Thread

import redis
from django.conf import settings

log = logging.getLogger(__name__)

KEY = "meters"
EVERY = 5.0  # seconds between two trips of a process

_lock = Lock()
_counts: defaultdict[str, float] = defaultdict(float)
_notes: dict[str, float] = {}
_sent_at = 0.0


@cache
def client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.2, decode_responses=True
    )


def count(name: str, by: float = 1) -> None:
    """Add to a sum that only grows."""
    with _lock:
        _counts[name] += by
    _send_now_and_then()


def note(name: str, value: float) -> None:
    """Say what is so now; the last word of any process counts."""
    with _lock:
        _notes[name] = value
    _send_now_and_then()


def read() -> dict[str, float]:
    """All that was counted and noted; nothing where Redis does not answer."""
    try:
        return {str(name): float(value) for name, value in client().hgetall(KEY).items()}
    except (redis.RedisError, OSError) as error:
        log.warning("Meters do not answer: %s", error)
        return {}


def send() -> None:
    """Add what this process counted to what all did."""
    with _lock:
        counts, notes = dict(_counts), dict(_notes)
        _counts.clear()
        _notes.clear()
    if not counts and not notes:
        return
    try:
        with client().pipeline(transaction=False) as calls:
            for name, by in counts.items():
                calls.hincrbyfloat(KEY, name, by)
            if notes:
                calls.hset(KEY, items=[part for pair in notes.items() for part in pair])
            calls.execute()
    except (redis.RedisError, OSError) as error:
        log.warning("Meters are not kept: %s", error)


def _send_now_and_then() -> None:
    global _sent_at
    if time.monotonic() - _sent_at >= EVERY:
        _sent_at = time.monotonic()
        Thread(target=send, daemon=True).start()


def _forget() -> None:
    """A process that was forked has counted nothing yet, and no thread of it holds the lock."""
    global _lock
    _lock = Lock()
    _counts.clear()
    _notes.clear()


os.register_at_fork(after_in_child=_forget)
