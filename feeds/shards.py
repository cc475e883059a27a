"""Where timelines are stored: one Redis, or a cluster of them that shares the buckets of feeds.

TIMELINES_REDIS_URL says which: redis+cluster://host:port names any server of a cluster. All keys of a bucket
are on one server, so one call may change them together. Both have the same keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import ConstantBackoff
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException
from redis.retry import Retry

BUCKETS = 128  # hash tags
FEEDS_A_CALL = 300  # one call holds the server for about a millisecond: see docs/architecture.md
CLUSTER = "redis+cluster://"

# What is raised where timelines do not answer.
AWAY = (redis.RedisError, RedisClusterException, OSError)


@cache
def client() -> Any:
    """The connection to where timelines are. Never waits long: the database can answer instead."""
    url = settings.TIMELINES_REDIS_URL
    patience = {"socket_timeout": 2, "socket_connect_timeout": 0.5, "decode_responses": True}
    if not is_cluster():
        return redis.Redis.from_url(url, **patience)
    return RedisCluster.from_url(
        url.replace(CLUSTER, "redis://", 1),
        retry=Retry(ConstantBackoff(0.05), 2),
        require_full_coverage=False,  # a shard that is away keeps nobody from the others
        **patience,
    )


def is_cluster() -> bool:
    return bool(settings.TIMELINES_REDIS_URL.startswith(CLUSTER))


@cache
def script(source: str) -> Any:
    return client().register_script(source)


def tag(feed: int) -> str:
    """What in a key says where it is stored."""
    return f"{{{feed % BUCKETS}}}"


def calls(feeds: Iterable[int]) -> Iterator[Sequence[int]]:
    """Feeds in groups for one call each: some hundred or, in a cluster, those of a bucket."""
    groups = _by_bucket(feeds) if is_cluster() else [list(feeds)]
    for group in groups:
        for start in range(0, len(group), FEEDS_A_CALL):
            yield group[start : start + FEEDS_A_CALL]


def _by_bucket(feeds: Iterable[int]) -> Iterable[Sequence[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for feed in feeds:
        found[feed % BUCKETS].append(feed)
    return found.values()
