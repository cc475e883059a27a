"""The six colours of avatars are evenly distributed, also over similar ids."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from network import ids
from network.templatetags.kith import DYES, dye

MANY = 1200
A_DAY = 24 * 3600 * 1000 << ids.CHANCE_BITS


@given(start=some.integers(1, 2**44), step=some.sampled_from([1, 2, 6, 16, 4096, 2**16, 2**16 * 6, A_DAY]))
def test_people_with_consecutive_ids_have_different_colours(start: int, step: int) -> None:
    dyes = [dye(start + step * n) for n in range(MANY) if start + step * n <= ids.MAX]
    assert set(dyes) <= {f"d{n}" for n in range(1, DYES + 1)}
    if len(dyes) == MANY:
        assert max(Counter(dyes).values()) < 1.35 * MANY / DYES
        assert sum(one == other for one, other in pairwise(dyes)) < 1.35 * MANY / DYES
