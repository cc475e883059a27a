"""How long ago something was: the words of the `time` element, by the clock of who reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from network.templatetags.kith import when

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
BEFORE = timedelta(microseconds=1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORDS = (
    (-HOUR, "now"),  # of a clock that is ahead
    (MINUTE - BEFORE, "now"),
    (MINUTE, "1 min"),
    (HOUR - BEFORE, "59 min"),
    (HOUR, "1 h"),
    (12 * HOUR, "12 h"),
    (12 * HOUR + BEFORE, "yesterday"),
    (36 * HOUR, "yesterday"),
    (36 * HOUR + BEFORE, "March 8"),
    (69 * DAY, "Dec. 31, 2025"),
)


@pytest.mark.parametrize(("ago", "words"), WORDS)
@time_machine.travel(NOON, tick=False)
def test_the_words_of_a_moment(ago: timedelta, words: str) -> None:
    assert said(NOON - ago) == words


def test_a_moment_before_midnight_is_told_in_hours_for_six_hours() -> None:
    moment = datetime(2026, 3, 9, 23, tzinfo=UTC)
    for hours, words in ((5, "5 h"), (6, "yesterday")):
        with time_machine.travel(moment + hours * HOUR, tick=False):
            assert said(moment) == words


@time_machine.travel(NOON, tick=False)
def test_the_same_moment_is_told_by_each_clock_and_in_each_language() -> None:
    moment = NOON - 11 * HOUR
    for zone, language, words in (
        ("UTC", "en", "11 h"),
        ("America/New_York", "en", "yesterday"),
        ("UTC", "de", "11 h"),
        ("UTC", "en", "11 h"),
    ):
        with timezone.override(ZoneInfo(zone)), translation.override(language):
            assert said(moment) == words
    with translation.override("de"):
        assert said(NOON - 36 * HOUR - BEFORE) == "8. März"


def said(moment: datetime) -> str:
    return str(when(moment)).partition(">")[2].removesuffix("</time>")
