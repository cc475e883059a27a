"""The Redis of the timelines: one server, or a cluster whose servers share the buckets of feeds.

TIMELINES_REDIS_URL says which: redis+cluster://host:port names any server of a cluster. Keys are the same for
both. All keys of a bucket are on one server, so one call can change them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import redis
from django.conf import settings
from redis.backoff import ConstantBackoff
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException
from redis.retry import Retry

BUCKETS = 128  # hash tags
FEEDS_A_CALL = 300  # one call holds the server for about a millisecond: see docs/architecture.md
CLUSTER = "redis+cluster://"

# Raised where the timelines do not answer.
UNAVAILABLE = (redis.RedisError, RedisClusterException, OSError)


class Command(NamedTuple):
    """A Redis command, and the key that decides which server gets it."""

    key: str
    words: Sequence[Any]


Failure = tuple[Command, Exception]


@cache
def client() -> Any:
    """The connection to the timelines. Its timeouts are short, because the database can answer instead."""
    url = settings.TIMELINES_REDIS_URL
    patience = {"socket_timeout": 2, "socket_connect_timeout": 0.5, "decode_responses": True}
    if not is_cluster():
        return redis.Redis.from_url(url, **patience)
    return RedisCluster.from_url(
        url.replace(CLUSTER, "redis://", 1),
        retry=Retry(ConstantBackoff(0.05), 2),
        reinitialize_steps=1,  # one moved bucket makes the client read the places of all
        require_full_coverage=False,  # without one shard the others still work
        **patience,
    )


def is_cluster() -> bool:
    return bool(settings.TIMELINES_REDIS_URL.startswith(CLUSTER))


@cache
def script(source: str) -> Any:
    return client().register_script(source)


def tag(feed: int) -> str:
    """The hash tag of a feed's keys, which decides the server of a cluster."""
    return f"{{{feed % BUCKETS}}}"


def calls(feeds: Iterable[int]) -> Iterator[Sequence[int]]:
    """Feeds in groups for one call each: FEEDS_A_CALL at most and, in a cluster, of one bucket."""
    groups = _by_bucket(feeds) if is_cluster() else [list(feeds)]
    for group in groups:
        for start in range(0, len(group), FEEDS_A_CALL):
            yield group[start : start + FEEDS_A_CALL]


def send(commands: Iterable[Command]) -> None:
    """Send some commands, in one round trip to each of their servers. Raises one of UNAVAILABLE.

    A server that does not answer does not stop the others. A command may run twice. redis-py's pipeline for
    clusters is not used: it asks one fixed server for the keys of every script, and fails without it.
    """
    if not is_cluster():
        failed = _send(client(), commands)
    elif failed := _send_to_cluster(commands):
        left = [command for command, _error in failed]
        _look_for_masters(left[0])
        failed = _send_to_cluster(left)
    if failed:
        raise failed[-1][1]


def _send_to_cluster(commands: Iterable[Command]) -> list[Failure]:
    groups: defaultdict[Any, list[Command]] = defaultdict(list)
    failed: list[Failure] = []
    for command in commands:
        try:
            groups[client().get_node_from_key(command.key)].append(command)
        except UNAVAILABLE as error:
            failed.append((command, error))
    for node, group in groups.items():
        failed += _send(node.redis_connection or client(), group)
    return failed


def _send(server: Any, commands: Iterable[Command]) -> list[Failure]:
    """Send commands to one server. Returns those that failed."""
    sent = list(commands)
    try:
        with server.pipeline(transaction=False) as pipeline:
            for command in sent:
                pipeline.execute_command(*command.words)
            answers = pipeline.execute(raise_on_error=False)
    except UNAVAILABLE as error:
        return [(command, error) for command in sent]
    return [
        (command, said) for command, said in zip(sent, answers, strict=True) if isinstance(said, Exception)
    ]


def _look_for_masters(command: Command) -> None:
    """Learn again which server has what. redis-py does so when a command that failed is sent by itself."""
    with suppress(*UNAVAILABLE):
        client().execute_command(*command.words)


def _by_bucket(feeds: Iterable[int]) -> Iterable[Sequence[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for feed in feeds:
        found[feed % BUCKETS].append(feed)
    return found.values()
