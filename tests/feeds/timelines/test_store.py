"""Timelines in Redis: what they hold, and when they count as missing."""

from __future__ import annotations

import random

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.timelines import shards, store
from feeds.timelines.store import KEPT, MOST, Timeline

ADA, BEN = 101, 102


def build(person: int, ids: list[int], floor: int = 0, generation: int = 0) -> None:
    lock = store.begin_rebuild(person)
    assert lock is not None
    assert store.finish_rebuild(person, lock, Timeline(ids, floor), generation)


def test_a_push_creates_no_timeline(empty_valkey: redis.Redis):
    store.push([ADA, BEN], [7])
    assert store.read(ADA, 0) is None
    assert empty_valkey.keys("timeline:*") == []


def test_a_timeline_is_read_newest_first_without_duplicates():
    build(ADA, [5, 3])
    store.push([ADA], [9])
    store.push([ADA], [9])
    store.push([ADA], [4])
    assert store.read(ADA, 0) == Timeline([9, 5, 4, 3], 0)


def test_ids_below_the_floor_are_ignored():
    build(ADA, [9, 8], floor=7)
    store.push([ADA], [6])
    assert store.read(ADA, 0) == Timeline([9, 8], 7)


def test_another_generation_counts_as_missing():
    build(ADA, [9], generation=3)
    assert store.read(ADA, 4) is None
    assert store.read(ADA, 3) is not None


def test_timelines_of_an_older_run_of_the_server_count_as_missing(empty_valkey: redis.Redis):
    """The version holds the run id of the server. A restored snapshot has the run id of an older run."""
    build(ADA, [9])
    version = empty_valkey.lindex(store.key(ADA), -1).decode()
    run, _colon, generation = version.partition(":")
    assert run == empty_valkey.info("server")["run_id"]
    empty_valkey.lset(store.key(ADA), -1, f"{'0' * len(run)}:{generation}")
    assert store.read(ADA, 0) is None


def test_pushes_during_a_rebuild_are_kept():
    lock = store.begin_rebuild(ADA)
    store.push([ADA], [9])
    assert store.read(ADA, 0) is None, "a locked timeline counts as missing"
    assert lock is not None
    store.finish_rebuild(ADA, lock, Timeline([5], 0), 0)
    assert store.read(ADA, 0) == Timeline([9, 5], 0)


def test_one_rebuild_at_a_time():
    lock = store.begin_rebuild(ADA)
    assert store.begin_rebuild(ADA) is None
    store.forget([ADA])
    second = store.begin_rebuild(ADA)
    assert lock is not None
    assert second is not None
    assert not store.finish_rebuild(ADA, lock, Timeline([5], 0), 0), "its lock is lost"
    assert store.finish_rebuild(ADA, second, Timeline([6], 0), 0)
    assert store.read(ADA, 0) == Timeline([6], 0)


def test_too_many_pushes_during_a_rebuild_drop_the_timeline():
    lock = store.begin_rebuild(ADA)
    for id in range(1, MOST + 2):
        store.push([ADA], [id])
    assert lock is not None
    assert not store.finish_rebuild(ADA, lock, Timeline([5], 0), 0)
    assert store.read(ADA, 0) is None


def test_a_timeline_expires_after_its_last_read(empty_valkey: redis.Redis):
    build(ADA, [9])
    assert 0 < empty_valkey.ttl(store.key(ADA)) <= store.TTL
    empty_valkey.expire(store.key(ADA), 5)
    store.push([ADA], [10])
    assert empty_valkey.ttl(store.key(ADA)) <= 5, "a push does not extend the TTL"
    store.read(ADA, 0)
    assert empty_valkey.ttl(store.key(ADA)) > 5


@pytest.mark.parametrize("id", [1, 2**31, 2**53 - 1])
def test_ids_of_any_size_are_read_as_they_were_pushed(id: int):
    build(ADA, [id], floor=id - 1)
    store.push([ADA], [id])
    assert store.read(ADA, 0) == Timeline([id], id - 1)


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), shuffled=st.booleans())
def test_trims_lose_nothing_above_the_floor(seed: int, shuffled: bool):
    """In any order of pushes, all ids above the floor are kept, and the length is bounded."""
    store.forget([ADA])
    chance = random.Random(seed)
    ids = sorted(chance.sample(range(1, 2**53), 2 * MOST + 100))
    start, pushed = ids[:100][::-1], ids[100:]
    if shuffled:
        chance.shuffle(pushed)
    build(ADA, start, floor=start[-1] - 1)
    for position in range(0, len(pushed), 7):
        store.push([ADA], pushed[position : position + 7])

    found = store.read(ADA, 0)
    assert found is not None
    assert set(found.ids) == {id for id in (*start, *pushed) if id > found.floor}
    assert shards.client().llen(store.key(ADA)) <= MOST
    if not shuffled:
        assert len(found.ids) >= min(KEPT - 7, len(pushed))
