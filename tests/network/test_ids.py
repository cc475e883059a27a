"""Ids rise even if the clock goes back. Only plain decimal numbers are parsed as ids."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from network import ids
from network.converters import IdConverter
from network.ids import Ids

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
LAST_MS = int(ids.EPOCH.timestamp() * 1000) + 2**41 - 1

moments = st.datetimes(datetime(2025, 1, 1), datetime(2094, 9, 1), timezones=st.just(UTC))
all_ids = st.integers(1, ids.MAX)


def test_an_id_contains_the_millisecond_of_its_creation():
    with time_machine.travel(NOON, tick=False):
        assert ids.at(Ids().next_id()) == NOON


def test_ids_of_processes_differ_randomly():
    assert len({Ids().next_id(NOON_MS) for _ in range(50)}) > 40


def test_ids_rise_within_one_millisecond():
    source = Ids()
    made = [source.next_id(NOON_MS) for _ in range(10_000)]
    assert made == sorted(set(made))


@given(st.lists(st.integers(0, LAST_MS - 10_000), min_size=1))
def test_ids_rise_whatever_the_clock_does(clock):
    source = Ids()
    made = [source.next_id(now) for now in clock]
    assert made == sorted(set(made))
    assert min(made) >= 1


def test_ids_rise_after_the_clock_is_set_back():
    source = Ids()
    with time_machine.travel(NOON, tick=False):
        before = source.next_id()
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        assert ids.at(source.next_id()) == ids.at(before + 1)
        assert source.next_id() > before


def test_two_processes_with_clocks_set_back_rarely_collide():
    newest = ids.first_at(NOON)
    one, other = Ids(), Ids()
    for source in (one, other):
        source.seen(newest)
    yesterday = NOON_MS - 86_400_000
    assert [one.next_id(yesterday) for _ in range(20)] != [other.next_id(yesterday) for _ in range(20)]


def test_an_id_is_greater_than_every_id_seen():
    source = Ids()
    source.seen(ids.first_at(NOON + timedelta(days=1)))
    assert source.next_id(NOON_MS) > ids.first_at(NOON + timedelta(days=1))
    source.seen(5)
    assert source.next_id(NOON_MS) > ids.first_at(NOON + timedelta(days=1))


def test_the_newest_stored_id_is_read_once_and_only_when_needed():
    asked = []

    def newest() -> int:
        asked.append(1)
        return ids.first_at(NOON)

    source = Ids()
    source.start(newest)
    assert asked == []
    assert source.next_id(NOON_MS - 1000) > ids.first_at(NOON)
    source.next_id(NOON_MS)
    assert asked == [1]


def test_a_failed_query_of_the_newest_id_is_retried():
    answers = iter([OSError("no database"), ids.first_at(NOON)])

    def newest() -> int:
        if isinstance(answer := next(answers), OSError):
            raise answer
        return answer

    source = Ids()
    source.start(newest)
    with pytest.raises(OSError, match="no database"):
        source.next_id(NOON_MS - 1000)
    assert source.next_id(NOON_MS - 1000) > ids.first_at(NOON)


def test_threads_never_get_the_same_id():
    source = Ids()
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: [source.next_id() for _ in range(500)], range(8)))
    assert len({id for run in runs for id in run}) == 8 * 500
    assert all(run == sorted(run) for run in runs)


def test_ids_have_at_most_53_bits():
    assert Ids().next_id(LAST_MS) <= ids.MAX
    with pytest.raises(OverflowError):
        Ids().next_id(LAST_MS + 1)
    full = Ids()
    full.seen(ids.MAX)
    with pytest.raises(OverflowError):
        full.next_id(NOON_MS)


@pytest.mark.django_db
def test_the_process_has_one_source():
    first, second = ids.next_id(), ids.next_id()
    assert first < second
    assert abs(ids.at(second) - datetime.now(UTC)) < timedelta(minutes=1)
    ids.seen(second + 1000)
    assert ids.next_id() > second + 1000


@given(moments, st.integers(0, 4095))
def test_the_first_id_of_a_moment_separates_earlier_from_later_ids(moment, chance):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    first = ids.first_at(moment)
    assert ids.at(first) == ids.at(first + chance) == moment
    assert first == 0 or ids.at(first - 1) < moment


@given(all_ids)
def test_an_id_is_at_or_after_the_first_of_its_moment(id):
    assert ids.first_at(ids.at(id)) <= id < ids.first_at(ids.at(id)) + 4096


def test_moments_outside_the_53_bits_are_clamped():
    assert ids.first_at(datetime(1990, 1, 1, tzinfo=UTC)) == 0
    assert ids.first_at(datetime(2999, 1, 1, tzinfo=UTC)) == ids.MAX


def test_a_moment_needs_a_time_zone_and_may_have_any():
    with pytest.raises(ValueError, match="time zone"):
        ids.first_at(datetime(2026, 1, 1))
    assert ids.first_at(NOON.astimezone(timezone(timedelta(hours=5)))) == ids.first_at(NOON)
    assert ids.at(1).utcoffset() == timedelta(0)


@given(all_ids)
def test_a_written_id_is_parsed(id):
    assert ids.parse(str(id)) == id


@pytest.mark.parametrize("raw", ["1", "42", str(ids.MAX)])
def test_plain_decimals_are_ids(raw):
    assert ids.parse(raw) == int(raw)


NOT_IDS = [
    *(
        "",
        "0",
        "-1",
        "+1",
        "01",
        " 1",
        "1 ",
        "1\n",
        "1_000",
        "1.0",
        "1e3",
        "0x10",
        "abc",
        "٤٢",
        "４２",
        "²",
        "1\x00",
    ),
    *(str(ids.MAX + 1), str(2**63), str(2**64 + 1), "9" * 5000),
]


@pytest.mark.parametrize("raw", NOT_IDS)
def test_other_values_are_not_ids(raw):
    assert ids.parse(raw) is None


@pytest.mark.parametrize("raw", [None, 42, 1.0, True, b"42", ["42"], {"id": "42"}])
def test_only_strings_are_parsed(raw):
    assert ids.parse(raw) is None


@given(st.text())
def test_parsing_never_raises(raw):
    assert ids.parse(raw) is None or str(ids.parse(raw)) == raw


def test_a_url_has_an_id_or_matches_no_route():
    converter = IdConverter()
    assert converter.to_python(converter.to_url(ids.MAX)) == ids.MAX
    with pytest.raises(ValueError, match="not an id"):
        converter.to_python("9" * 16)


def test_an_object_with_its_own_time_gets_an_id_of_that_time():
    source = Ids()
    with ids.at_moment(NOON):
        first, second = source.next_id(), source.next_id()
        assert ids.at(first) == NOON
        assert second > first
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert ids.at(source.next_id()) == NOON + timedelta(days=1)


def test_later_ids_rise_after_a_moment_in_the_past():
    source = Ids()
    with time_machine.travel(NOON, tick=False):
        newest = source.next_id()
    with ids.at_moment(NOON - timedelta(days=1)):
        assert source.next_id() > newest
