"""Timelines: what a list in Redis promises, and when it is not to be trusted."""

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
    mark = store.begin_rebuild(person)
    assert mark is not None
    assert store.finish_rebuild(person, mark, Timeline(ids, floor), generation)


def test_pushing_to_a_person_without_a_timeline_makes_none(empty_valkey: redis.Redis):
    store.push([ADA, BEN], [7])
    assert store.read(ADA, 0) is None
    assert empty_valkey.keys("timeline:*") == []


def test_what_was_built_and_pushed_is_read_newest_first_and_once():
    build(ADA, [5, 3])
    store.push([ADA], [9])
    store.push([ADA], [9])
    store.push([ADA], [4])
    assert store.read(ADA, 0) == Timeline([9, 5, 4, 3], 0)


def test_only_what_is_above_the_floor_counts():
    build(ADA, [9, 8], floor=7)
    store.push([ADA], [6])
    assert store.read(ADA, 0) == Timeline([9, 8], 7)


def test_another_generation_counts_as_missing():
    build(ADA, [9], generation=3)
    assert store.read(ADA, 4) is None
    assert store.read(ADA, 3) is not None


def test_a_restarted_server_makes_older_timelines_count_as_missing(empty_valkey: redis.Redis):
    """The seal names the run of the server; here an older run's, as a snapshot would bring it back."""
    build(ADA, [9])
    seal = empty_valkey.lindex(store.key(ADA), -1).decode()
    run, _colon, generation = seal.partition(":")
    assert run == empty_valkey.info("server")["run_id"]
    empty_valkey.lset(store.key(ADA), -1, f"{'0' * len(run)}:{generation}")
    assert store.read(ADA, 0) is None


def test_what_is_pushed_during_a_rebuild_is_kept():
    mark = store.begin_rebuild(ADA)
    store.push([ADA], [9])
    assert store.read(ADA, 0) is None, "a timeline under a mark counts as missing"
    assert mark is not None
    store.finish_rebuild(ADA, mark, Timeline([5], 0), 0)
    assert store.read(ADA, 0) == Timeline([9, 5], 0)


def test_one_rebuild_at_a_time():
    mark = store.begin_rebuild(ADA)
    assert store.begin_rebuild(ADA) is None
    store.forget([ADA])
    second = store.begin_rebuild(ADA)
    assert mark is not None
    assert second is not None
    assert not store.finish_rebuild(ADA, mark, Timeline([5], 0), 0), "its mark is gone"
    assert store.finish_rebuild(ADA, second, Timeline([6], 0), 0)
    assert store.read(ADA, 0) == Timeline([6], 0)


def test_too_much_during_a_rebuild_drops_it():
    mark = store.begin_rebuild(ADA)
    for id in range(1, MOST + 2):
        store.push([ADA], [id])
    assert mark is not None
    assert not store.finish_rebuild(ADA, mark, Timeline([5], 0), 0)
    assert store.read(ADA, 0) is None


def test_a_timeline_that_nobody_reads_goes(empty_valkey: redis.Redis):
    build(ADA, [9])
    assert 0 < empty_valkey.ttl(store.key(ADA)) <= store.REMEMBERED
    empty_valkey.expire(store.key(ADA), 5)
    store.push([ADA], [10])
    assert empty_valkey.ttl(store.key(ADA)) <= 5, "a push is no reading"
    store.read(ADA, 0)
    assert empty_valkey.ttl(store.key(ADA)) > 5


@pytest.mark.parametrize("id", [1, 2**31, 2**53 - 1])
def test_ids_of_any_size_come_back_whole(id: int):
    build(ADA, [id], floor=id - 1)
    store.push([ADA], [id])
    assert store.read(ADA, 0) == Timeline([id], id - 1)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), shuffled=st.booleans())
def test_trims_lose_nothing_above_the_floor(seed: int, shuffled: bool):
    """Whatever the order in which ids come, all that is above the floor is there, in bounded space."""
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
