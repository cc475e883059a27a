"""Twenty threads run every pair of actions at the same moment: nothing fails, and the stored rows stay correct."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from importlib import import_module
from itertools import combinations
from pkgutil import iter_modules
from random import Random
from threading import Barrier

import pytest
from django.db import connection

import feeds.actions
import network.actions
from network.errors import KithError
from network.models import Person
from tests.oracle import World
from tests.oracle.counters import counters
from tests.oracle.integrity import violations
from tests.state_machines.actions import ACTIONS, Fixture, make_fixture
from tests.support import factories

AT_ONCE = 10  # actions in a round, each done by two people
THREADS = 2 * AT_ONCE
SLICES = 6  # tests, so that several processes share them and no database grows large

PATIENCE = 60  # seconds for 20 threads to reach the start
# Not actions: functions that actions call, and reads.
PARTS = {
    "counting", "drafts", "finding", "links", "locking", "recording", "republishing",
    "follows.admit", "follows.end", "follows.bump_generation", "memberships.found_or_asked", "memberships.let_in_all",
    "memberships.waiting", "people.check_handle", "people.check_items", "people.check_name",
    "people.taken",
    "topics.named", "watches.end_with", "watches.watch_as_writer", "importing.handle_of",
}  # fmt: skip


@cache
def rounds() -> list[list[str]]:
    """Sets of AT_ONCE actions, so that each pair is in at least one set. The same in every run."""
    chance, names = Random(1), sorted(ACTIONS)
    missing = {frozenset(pair) for pair in combinations(names, 2)}
    found = []
    while missing:
        together = list(chance.choice(sorted(map(sorted, missing))))
        while len(together) < AT_ONCE:
            chance.shuffle(names)
            rest = [name for name in names if name not in together]
            together.append(max(rest, key=lambda name: _met(name, together, missing)))
        missing -= {frozenset(pair) for pair in combinations(together, 2)}
        found.append(together)
    return found


def _met(name: str, together: list[str], missing: set[frozenset[str]]) -> int:
    return sum(frozenset((name, other)) in missing for other in together)


@contextmanager
def twenty_threads() -> Iterator[ThreadPoolExecutor]:
    """Threads that keep their connections between rounds, as those of a web server do."""
    last = Barrier(THREADS)

    def close() -> None:
        last.wait(PATIENCE)  # so that each thread does it once
        connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        try:
            yield threads
        finally:
            for _ in range(THREADS):
                threads.submit(close)


def at_once(threads: ThreadPoolExecutor, at: Fixture, names: list[str]) -> list[str]:
    """Run each action for ada and for ben, each in its own thread. Return failures; refusals are not failures."""
    start, failed = Barrier(2 * len(names)), []

    def press(name: str, one: Person, other: Person) -> None:
        try:
            mine, one, other = deepcopy((at, one, other))  # each request has its own objects
            connection.ensure_connection()
            start.wait(PATIENCE)
            ACTIONS[name](mine, one, other)
        except KithError:
            pass
        except Exception as error:
            start.abort()  # the others do not wait for this thread
            failed.append(f"{name}: {type(error).__name__}: {error}")

    pairs = [(name, *pair) for name in names for pair in ((at.ada, at.ben), (at.ben, at.ada))]
    wait([threads.submit(press, *pair) for pair in pairs])
    return failed


def wrong() -> Iterator[str]:
    """All differences that the oracle finds in the stored rows."""
    world = World()
    for what, stored, counted in counters(world):
        if stored != counted:
            yield f"{what}: said {stored}, and is {counted}"
    yield from violations(world)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(SLICES if connection.vendor == "postgresql" else 1))
def test_each_pair_of_actions_works_concurrently(part: int) -> None:
    ada, ben, chi = (factories.user(handle).person for handle in ("ada", "ben", "chi"))
    with twenty_threads() as threads:
        for names in rounds()[part::SLICES]:
            at = make_fixture(ada, ben, chi)
            failed = at_once(threads, at, names)
            assert not [*failed, *wrong()], f"after {', '.join(names)}"
            for person in (ada, ben, chi):
                person.refresh_from_db()


def test_every_action_takes_part() -> None:
    source = inspect.getsource(import_module("tests.state_machines.actions")) + inspect.getsource(factories)
    missing = [name for name in _actions() if f"{name}(" not in source and f"{name})" not in source]
    assert not missing


def _actions() -> Iterator[str]:
    for package in (network.actions, feeds.actions):
        for module in iter_modules(package.__path__):
            there = import_module(f"{package.__name__}.{module.name}")
            for name, found in inspect.getmembers(there, inspect.isfunction):
                is_own = found.__module__ == there.__name__ and not name.startswith("_")
                if is_own and not {module.name, f"{module.name}.{name}"} & PARTS:
                    yield f"{module.name}.{name}"
