"""Ids use the clock of the database, because the clocks of machines differ."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest

from network import clock, ids


@pytest.fixture(autouse=True)
def asked_long_ago(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "_compared_at", float("-inf"))
    yield
    ids.correct(0)


def database(ahead: float, vendor: str = "postgresql") -> Any:
    """A connection to a database whose clock is `ahead` seconds ahead."""
    cursor = MagicMock()
    cursor.__enter__.return_value.fetchone.side_effect = lambda: [time.time() + ahead]
    return SimpleNamespace(vendor=vendor, cursor=MagicMock(return_value=cursor))


def seconds_ahead(id: int) -> float:
    return ids.at(id).timestamp() - time.time()


@pytest.mark.parametrize("ahead", [600, -600])
def test_ids_use_the_clock_of_the_database(ahead: int, caplog: pytest.LogCaptureFixture):
    clock._compare(database(ahead))
    assert seconds_ahead(ids.now()) == pytest.approx(ahead, abs=5)
    assert seconds_ahead(ids.next_id()) == pytest.approx(ahead, abs=5)
    assert len(caplog.records) == 1


def test_a_corrected_clock_is_measured_again(monkeypatch: pytest.MonkeyPatch):
    clock._compare(database(600))
    clock._compare(database(0))
    assert seconds_ahead(ids.now()) == pytest.approx(600, abs=5), "it is asked once a minute"
    monkeypatch.setattr(clock, "INTERVAL", 0)
    clock._compare(database(0))
    assert seconds_ahead(ids.now()) == pytest.approx(0, abs=5)


def test_the_duration_of_the_query_is_not_part_of_the_difference():
    clock._compare(database(clock.TOLERANCE / 2000))
    assert ids._ids._ahead_ms == 0


def test_with_sqlite_there_is_one_clock():
    clock._compare(database(600, "sqlite"))
    assert ids._ids._ahead_ms == 0
