"""A Kith of its own, started by `bin/run` from a copy of the files, that the tests may hurt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from tests.browser.conftest import chromium
from tests.commands.conftest import Running, copy, port, ready, start, surroundings, var

__all__ = ["chromium", "copy", "port", "ready", "start", "surroundings", "var"]


@pytest.fixture
def running(ready: Callable[..., Running]) -> Running:
    return ready()


@pytest.fixture
def valkey(running: Running, var: Path) -> Iterator[redis.Redis]:
    with redis.Redis.from_url((var / "valkey" / "url").read_text()) as client:
        yield client
