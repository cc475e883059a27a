"""Fixtures: a Kith that runs from a copy of the files with `bin/run`, so that tests can damage it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from tests.browser.conftest import chromium
from tests.commands.conftest import Running, copy, data, port, prepared, ready, start, surroundings, var

__all__ = ["chromium", "copy", "data", "port", "prepared", "ready", "start", "surroundings", "var"]


@pytest.fixture
def running(prepared: None, ready: Callable[..., Running]) -> Running:
    return ready()


@pytest.fixture
def valkey(running: Running, var: Path) -> Iterator[redis.Redis]:
    with redis.Redis.from_url((var / "valkey" / "url").read_text()) as client:
        yield client
