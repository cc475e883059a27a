"""Counters and gauges of all processes of a site. Each process adds its own to Redis every few seconds.

Counting takes no round trip. Operators read these numbers; the site does not depend on them.
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
SENT_EVERY = 5.0  # seconds, in each process

_lock = Lock()
_counts: defaultdict[str, float] = defaultdict(float)
_gauges: dict[str, float] = {}
_sent_at = 0.0


@cache
def client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.2, decode_responses=True
    )


def count(name: str, by: float = 1) -> None:
    """Add to a counter."""
    with _lock:
        _counts[name] += by
    _send_sometimes()


def gauge(name: str, value: float) -> None:
    """Set a gauge. The last value that any process sent is kept."""
    with _lock:
        _gauges[name] = value
    _send_sometimes()


def read() -> dict[str, float]:
    """All counters and gauges by name; empty where Redis does not answer."""
    try:
        return {str(name): float(value) for name, value in client().hgetall(KEY).items()}
    except (redis.RedisError, OSError) as error:
        log.warning("Metrics cannot be read: %s", error)
        return {}


def send() -> None:
    """Send the counters and gauges of this process to Redis. They are lost where it does not answer."""
    with _lock:
        counts, gauges = dict(_counts), dict(_gauges)
        _counts.clear()
        _gauges.clear()
    if not counts and not gauges:
        return
    try:
        with client().pipeline(transaction=False) as calls:
            for name, by in counts.items():
                calls.hincrbyfloat(KEY, name, by)
            if gauges:
                calls.hset(KEY, items=[part for pair in gauges.items() for part in pair])
            calls.execute()
    except (redis.RedisError, OSError) as error:
        log.warning("Metrics are lost: %s", error)


def _send_sometimes() -> None:
    global _sent_at
    if time.monotonic() - _sent_at >= SENT_EVERY:
        _sent_at = time.monotonic()
        Thread(target=send, daemon=True).start()


def _reset_after_fork() -> None:
    """A forked process has counted nothing yet, and no thread of it holds the lock."""
    global _lock
    _lock = Lock()
    _counts.clear()
    _gauges.clear()


os.register_at_fork(after_in_child=_reset_after_fork)
