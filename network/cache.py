"""A Redis cache that works as an empty cache when Redis does not answer.

The cache holds rate limits. Without Redis they do not apply, which is better than a site where nobody can
sign in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _with_fallback(fallback: Any, method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a client method so that it returns `fallback` when Redis does not answer."""

    def call(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("The cache does not answer: %s", error)
            return fallback

    return call


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, with a fallback for the calls that limits use."""

    add = _with_fallback(True, RedisCache.add)
    set = _with_fallback(None, RedisCache.set)
    incr = _with_fallback(1, RedisCache.incr)
    delete = _with_fallback(False, RedisCache.delete)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _with_fallback(default, RedisCache.get)(self, key, default, version)
