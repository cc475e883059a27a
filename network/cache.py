"""A Redis cache that works as an empty cache when Redis does not answer.

The cache holds rate limits. Without Redis they do not apply, which is better than a site where nobody can
sign in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _with_fallback(fallback: Any, method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a client method so that it returns `fallback` when Redis does not answer."""

    def call(self: RedisCacheClient, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("The cache does not answer: %s", error)
            return fallback

    return call


class Client(RedisCacheClient):
    """Django's client, with a fallback for the calls that limits use."""

    add = _with_fallback(True, RedisCacheClient.add)
    set = _with_fallback(None, RedisCacheClient.set)
    incr = _with_fallback(1, RedisCacheClient.incr)
    delete = _with_fallback(False, RedisCacheClient.delete)

    def get(self, key: Any, default: Any) -> Any:
        return _with_fallback(default, RedisCacheClient.get)(self, key, default)


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client
