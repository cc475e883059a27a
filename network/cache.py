"""A cache that may be away: it then holds nothing, and nobody is kept from anything.

What is cached here is limits on how often one may write or try to sign in. Without Redis they do not hold,
which is better than that nobody signs in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _or(answer: Any, method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the cache that gives `answer` where Redis gives none."""

    def ask(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("The cache does not answer: %s", error)
            return answer

    return ask


class ForgivingRedisCache(RedisCache):
    """As Django's, for the few calls that limits are made of."""

    add = _or(True, RedisCache.add)
    set = _or(None, RedisCache.set)
    incr = _or(1, RedisCache.incr)
    delete = _or(False, RedisCache.delete)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or(default, RedisCache.get)(self, key, default, version)
