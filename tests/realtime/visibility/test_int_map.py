"""A table says what a dict of the same rows would, and 0 for all else."""

from __future__ import annotations

import hypothesis
from hypothesis import strategies as st

from network import ids
from realtime.visibility.int_map import EMPTY, IntMap

an_id = st.one_of(st.integers(1, 20), st.integers(1, ids.MAX))
rows = st.dictionaries(an_id, st.integers(0, 511), max_size=40)


@hypothesis.given(rows, st.lists(an_id))
def test_a_table_says_what_a_dict_says(known: dict[int, int], sought: list[int]) -> None:
    table = IntMap(known.items())
    for id in (*known, *sought):
        assert table.get(id) == known.get(id, 0)
        assert (id in table) == (id in known)
    assert dict(table.items()) == known
    assert list(table) == sorted(known)
    assert len(table) == len(known)
    assert bool(table) == bool(known)
    assert table == IntMap(reversed(known.items()))


def test_moments_may_have_no_end() -> None:
    table = IntMap([(7, float("inf")), (3, 1.5)], "d")
    assert (table.get(7), table.get(3), table.get(5)) == (float("inf"), 1.5, 0)
    assert not EMPTY
