"""A cache that may be away: it then holds nothing, and nobody is kept from anything.

What is cached here is limits on how often one may write or try to sign in. Without Redis they do not hold,
which is better than that nobody signs in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _or(answer: Any, method: Callable[..., Any]) -> Callable[..., Any]:
    """A method of the client that gives `answer` where Redis gives none."""

    def ask(self: RedisCacheClient, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("The cache does not answer: %s", error)
            return answer

    return ask


class Client(RedisCacheClient):
    """As Django's, for the few calls that limits are made of."""

    add = _or(True, RedisCacheClient.add)
    set = _or(None, RedisCacheClient.set)
    incr = _or(1, RedisCacheClient.incr)
    delete = _or(False, RedisCacheClient.delete)

    def get(self, key: Any, default: Any) -> Any:
        return _or(default, RedisCacheClient.get)(self, key, default)


class ForgivingRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client
