"""The judge of the live soak finds missed, doubled and forbidden entries, and nothing else."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.support.history import Place
from bench.support.journal import Act
from bench.support.judge import ENTRY, LOST, MORE, OPENED, READY, Judge
from network import ids

BEGAN = datetime(2026, 5, 1, tzinfo=UTC)
NOON = BEGAN.timestamp()
ADA, BEN = 1, 2  # Ada follows Ben
HOME: Place = ("home", 0)
FOLLOW = {
    "follower": ADA,
    "stream": BEN,
    "state": "accepted",
    "role": "",
    "place": "home",
    "comments": "all",
    "reshares": True,
}
BLOCK = {"blocker": BEN, "blocked": ADA}
FIRST = Act(NOON - 60, [("network_follow", None, FOLLOW)])


def entry(second: float) -> int:
    return ids.first_at(BEGAN + timedelta(seconds=second))


def said(second: float) -> Act:
    """The transaction in which Ben publishes a post."""
    id = entry(second)
    post: dict[str, Any] = {
        **{"id": id, "author": BEN, "thread": id, "audience": "public", "group": None, "words": ""},
        **{"deleted_at": None, "hidden_at": None},
    }
    return Act(
        NOON + second,
        [
            ("network_post", None, post),
            ("network_activity", None, {"id": id, "type": "Create", "actor": BEN, "post": id}),
            ("network_publication", None, {"activity": id, "stream": BEN}),
        ],
    )


def did(second: float, what: str, was: Any, now: Any) -> Act:
    return Act(NOON + second, [(what, was, now)])


def judged(acts: list[Act], *events: tuple[float, int, float]) -> Counter[str]:
    """The counts for a home that is open from second 1 to 100. Events are (second, event, id)."""
    judge = Judge([FIRST, *acts], [(ADA, HOME)], {"key": ADA})
    log = [(1.0, OPENED, 0), (1.5, READY, entry(1.5)), *events]
    judge.go_through([(0, what, int(id), NOON + second) for second, what, id in log], NOON + 100)
    return judge.counted


def faults(counted: Counter[str]) -> dict[str, int]:
    return {kind: counted[kind] for kind in ("missed", "doubled", "forbidden") if counted[kind]}


def test_an_entry_in_time_is_no_fault() -> None:
    counted = judged([said(10)], (10.1, ENTRY, entry(10)))
    assert (faults(counted), counted["due"], counted["told"]) == ({}, 1, 1)


def test_an_entry_that_never_arrives_is_missed() -> None:
    assert faults(judged([said(10)])) == {"missed": 1}


def test_a_page_that_was_cut_and_returned_must_have_the_entry() -> None:
    cut = ((9, LOST, 0), (12, OPENED, 0), (12.5, READY, entry(12.5)))
    assert faults(judged([said(10)], *cut)) == {"missed": 1}
    assert faults(judged([said(10)], *cut[:2], (12.2, ENTRY, entry(10)), cut[2])) == {}


def test_an_entry_is_not_missed_if_the_page_is_told_to_reload() -> None:
    counted = judged([said(10)], (9, LOST, 0), (12, OPENED, 0), (12.5, MORE, entry(12.5)))
    assert (faults(counted), counted["loaded"]) == ({}, 1)


@pytest.mark.parametrize("back", [0, 1])
def test_an_entry_is_not_missed_by_a_person_who_briefly_did_not_follow(back: bool) -> None:
    acts = [said(10), did(10.2, "network_follow", FOLLOW, None)]
    acts += [did(10.4, "network_follow", None, FOLLOW)] * back
    counted = judged(acts)
    assert (faults(counted), counted["excused"]) == ({}, 1)


def test_an_entry_is_not_missed_on_a_page_that_stays_away() -> None:
    assert faults(judged([said(10)], (9, LOST, 0))) == {}


def test_an_entry_that_the_person_may_not_read_is_not_due() -> None:
    counted = judged([did(5, "network_block", None, BLOCK), said(10)])
    assert (faults(counted), counted["due"], counted["kept out"]) == ({}, 0, 1)


def test_a_repeat_is_doubled_unless_it_is_of_a_catch_up() -> None:
    once, again, ready = (10.1, ENTRY, entry(10)), (10.2, ENTRY, entry(10)), (20, READY, entry(20))
    assert faults(judged([said(10)], once, again, ready)) == {"doubled": 1}
    assert faults(judged([said(10)], once, again, (20, LOST, 0))) == {"doubled": 1}
    assert faults(judged([said(10)], once, (20, ENTRY, entry(10)), ready)) == {}
    assert faults(judged([said(10)], once, (90, ENTRY, entry(10)), (90, READY, entry(90)))) == {"doubled": 1}
    assert faults(judged([said(10)], once, (20, LOST, 0), (21, OPENED, 0), (21, ENTRY, entry(10)))) == {}


def test_an_announcement_just_after_a_catch_up_is_counted_separately() -> None:
    resumed = [(10.1, ENTRY, entry(10)), (10.1, READY, entry(10.1))]
    counted = judged([said(10)], *resumed, (10.3, ENTRY, entry(10)), (20, LOST, 0))
    assert (faults(counted), counted["at the seam"]) == ({}, 1)
    assert faults(judged([said(10)], *resumed, (18, ENTRY, entry(10)), (20, LOST, 0))) == {"doubled": 1}


def test_a_double_just_before_a_catch_up_is_found() -> None:
    acts = [said(10), said(11)]
    events = [(10.1, ENTRY, entry(10)), (11.1, ENTRY, entry(11)), (11.2, ENTRY, entry(11))]
    resumed = [(12, ENTRY, entry(10)), (12, ENTRY, entry(11)), (12, READY, entry(12))]
    assert faults(judged(acts, *events, *resumed)) == {"doubled": 1}


def test_an_entry_more_than_a_second_after_a_block_is_forbidden() -> None:
    acts = [said(10), did(20, "network_block", None, BLOCK)]
    first = (10.1, ENTRY, entry(10))
    again = [(30, LOST, 0), (31, OPENED, 0)]
    assert faults(judged(acts, first, *again, (31, ENTRY, entry(10)))) == {"forbidden": 1}
    acts = [said(10), did(10.5, "network_block", None, BLOCK)]
    counted = judged(acts, (11.4, ENTRY, entry(10)))
    assert (faults(counted), counted["just allowed"]) == ({}, 1)
    assert faults(judged([*acts, did(30, "network_block", BLOCK, None)], (31, ENTRY, entry(10)))) == {}


def test_an_entry_without_a_post_is_forbidden() -> None:
    assert faults(judged([], (10.1, ENTRY, entry(10)))) == {"forbidden": 1}


def test_an_entry_after_the_end_of_the_session_is_forbidden() -> None:
    over = did(5, "django_session", {"session_key": "key"}, None)
    assert faults(judged([over, said(10)], (10.1, ENTRY, entry(10)))) == {"forbidden": 1}
    anew = ((5.1, LOST, 0), (6, OPENED, 0), (6.1, READY, entry(6.1)))
    assert faults(judged([over, said(10)], *anew, (10.1, ENTRY, entry(10)))) == {}
