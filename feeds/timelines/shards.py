"""Where timelines are stored: one Redis, or a cluster of them that shares the buckets of feeds.

TIMELINES_REDIS_URL says which: redis+cluster://host:port names any server of a cluster. All keys of a bucket
are on one server, so one call may change them together. Both have the same keys.
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

# What is raised where timelines do not answer.
AWAY = (redis.RedisError, RedisClusterException, OSError)


class Command(NamedTuple):
    """What a server is to do, and the key that says which server."""

    key: str
    words: Sequence[Any]


Failure = tuple[Command, Exception]


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
        reinitialize_steps=1,  # who learns that one bucket moved asks where all are
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


def send(commands: Iterable[Command]) -> None:
    """Some commands, in one trip to each server that is concerned.

    Where one does not answer the others get theirs all the same, and then one of AWAY is raised; what was
    sent may be done twice. redis-py's own pipeline asks a server for the keys of every script, always the
    same one, and is lost without it.
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
        except AWAY as error:
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
    except AWAY as error:
        return [(command, error) for command in sent]
    return [
        (command, said) for command, said in zip(sent, answers, strict=True) if isinstance(said, Exception)
    ]


def _look_for_masters(command: Command) -> None:
    """Learn again which server has what. redis-py does so when a command that failed is sent by itself."""
    with suppress(*AWAY):
        client().execute_command(*command.words)


def _by_bucket(feeds: Iterable[int]) -> Iterable[Sequence[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for feed in feeds:
        found[feed % BUCKETS].append(feed)
    return found.values()
