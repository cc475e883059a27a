"""Writes of entries to lists and sorted sets of Redis, without database and without looking up followers."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Sequence
from typing import Any

import hiredis
import redis

from network import ids

A_CALL = 1000
READ = 1 << 20


def fill_lists(client: redis.Redis, number: int, length: int) -> tuple[redis.Redis, list[str]]:
    """Create lists of `length` ids, as long as timelines. Returns a client and the keys."""
    return client, _fill(client, "raw", number, length, "redis.call('RPUSH', key, unpack(ARGV))")


def fill_zsets(client: redis.Redis, number: int, length: int) -> list[str]:
    """Create sorted sets of `length` ids, with the id as score. Returns the keys."""
    return _fill(
        client, "zset", number, length, "for _, id in ipairs(ARGV) do redis.call('ZADD', key, id, id) end"
    )


def _fill(client: redis.Redis, name: str, number: int, length: int, one: str) -> list[str]:
    script = client.register_script(f"for _, key in ipairs(KEYS) do redis.call('DEL', key) {one} end")
    newest = ids.next_id()
    entries = sorted(random.Random(1).sample(range(newest - 10**12, newest), length), reverse=True)
    keys = [f"{name}:{number}" for number in range(number)]
    for start in range(0, number, 10):
        script(keys=keys[start : start + 10], args=entries)
    return keys


def push(lists: tuple[redis.Redis, Sequence[str]], times: int) -> float:
    """Push with packed LPUSHX commands over a raw socket, and read the replies. Returns entries a second."""
    client, keys = lists
    pack: Any = hiredis.pack_command
    line = _connect(client)
    started = time.perf_counter()
    for _ in range(times):
        id = str(ids.next_id())
        for start in range(0, len(keys), A_CALL):
            packed = b"".join(pack(("LPUSHX", key, id)) for key in keys[start : start + A_CALL])
            line.sendall(packed)
            _read(line, len(keys[start : start + A_CALL]))
    seconds = time.perf_counter() - started
    line.close()
    for start in range(0, len(keys), A_CALL):
        _trim(client, keys[start : start + A_CALL])
    return times * len(keys) / seconds


def _connect(client: redis.Redis) -> socket.socket:
    """Open a socket to the server that a client uses."""
    place = client.get_connection_kwargs()
    if "path" not in place:
        return socket.create_connection((place["host"], place["port"]))
    made = socket.socket(socket.AF_UNIX)
    made.connect(place["path"])
    return made


def _read(line: socket.socket, answers: int) -> None:
    parser = hiredis.Reader()
    while answers:
        parser.feed(line.recv(READ))
        while parser.gets() is not False:
            answers -= 1


def _trim(client: redis.Redis, keys: Sequence[str]) -> None:
    with client.pipeline(transaction=False) as calls:
        for key in keys:
            calls.ltrim(key, 0, 799)
        calls.execute()


def add(client: redis.Redis, keys: Sequence[str], entries: int, kept: int = 800) -> float:
    """Add with redis-py's pipeline of ZADD and ZREMRANGEBYRANK, the common way. Returns entries a second."""
    started = time.perf_counter()
    for start in range(0, entries, A_CALL):
        id = ids.next_id()
        with client.pipeline(transaction=False) as calls:
            for place in range(start, min(start + A_CALL, entries)):
                key = keys[place % len(keys)]
                calls.zadd(key, {str(id): id})
                calls.zremrangebyrank(key, 0, -kept - 1)
            calls.execute()
    return entries / (time.perf_counter() - started)
