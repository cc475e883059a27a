"""Folding: a loud stream leaves room for others, and no entry is lost or moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.feed import Feed
from feeds.reading import folding
from feeds.reading.entries import Entry
from feeds.reading.folding import FoldedPage, fold
from feeds.reading.paging import Slots
from network.actions import follows
from network.models import Follow, Group, Person, Post
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


@pytest.fixture
def club(ada: Person, ben: Person) -> Group:
    """A loud group of Ben, in which Ada writes."""
    return factories.group(ada, Group.Kind.OPEN, ben, name="Garden club")


def say(author: Person, times: int, **where: object) -> list[int]:
    return [factories.post(author, f"Number {number}.", **where).pk for number in range(times)]


def pages(reader: Person) -> list[FoldedPage]:
    deliver_all()
    found, cursor = [], None
    while True:
        found.append(folding.page(Feed(factories.fresh(reader)), cursor))
        cursor = found[-1].slots.older
        if cursor is None:
            return found


def cards(page: FoldedPage) -> list[int]:
    return [entry.id for entry in page.slots.entries]


def folds(page: FoldedPage) -> dict[int, list[int]]:
    return {stream: [entry.id for entry in folded] for stream, folded in page.folds.items()}


def test_a_loud_group_leaves_room_for_a_quiet_person(ada: Person, ben: Person, chi: Person, club: Group):
    factories.follow(ben, chi)
    others = [factories.person() for _ in range(16)]
    for other in others:
        factories.follow(ben, other)
    quiet = [*say(chi, 1), *(factories.post(other).pk for other in others)]
    loud = say(ada, 30, group=club)
    first, *_rest = pages(ben)
    assert cards(first) == [*loud[::-1][:4], *quiet[::-1][:16]]
    assert folds(first) == {club.pk: loud[::-1][4:]}


def test_the_only_stream_is_not_folded(ada: Person, ben: Person, club: Group):
    loud = say(ada, 30, group=club)
    first, second = pages(ben)
    assert cards(first) + cards(second) == loud[::-1]
    assert folds(first) == folds(second) == {}


def test_a_short_feed_does_not_fold(ada: Person, ben: Person, chi: Person, club: Group):
    factories.follow(ben, chi)
    said = [*say(chi, 2), *say(ada, 15, group=club)]
    [page] = pages(ben)
    assert (cards(page), folds(page)) == (said[::-1], {})


def test_the_share_grows_until_the_page_is_full(ada: Person, ben: Person, chi: Person, club: Group):
    factories.follow(ben, chi)
    quiet, loud = say(chi, 9), say(ada, 40, group=club)
    first, *_rest = pages(ben)
    assert cards(first) == [*loud[::-1][:11], *quiet[::-1]]
    assert folds(first) == {club.pk: loud[::-1][11:]}


def test_a_follow_without_folding_is_shown_whole(ada: Person, ben: Person, chi: Person, club: Group):
    factories.follow(ben, chi)
    say(chi, 20)
    loud = say(ada, 30, group=club)
    assert folds(pages(ben)[0])
    follows.deliver(ben, club.stream, place=Follow.Place.HOME, folds=False)
    assert cards(pages(ben)[0]) == loud[::-1][:20]


def test_an_entry_that_a_quiet_stream_brings_too_is_not_folded(ada: Person, ben: Person, dan: Person):
    tides = factories.topic("tides")
    for followed in (tides, dan):
        factories.follow(ben, followed)
    for other in [factories.person() for _ in range(20)]:
        factories.follow(ben, other)
        factories.post(other)
    both = factories.post(dan, "By Dan, on #tides").pk
    loud = [factories.post(ada, f"Number {number} on #tides").pk for number in range(10)]
    first, *_rest = pages(ben)
    assert both in cards(first)
    assert folds(first)[tides.pk] == loud[::-1][4:]


def test_ones_own_posts_are_not_folded(ada: Person, ben: Person, chi: Person):
    factories.follow(ben, chi)
    say(chi, 20)
    mine = say(ben, 12)
    assert cards(pages(ben)[0])[:12] == mine[::-1]


def test_folding_costs_one_query_and_as_many_again_where_there_is_something_to_fold(
    ada: Person, ben: Person, club: Group, django_assert_max_num_queries
):
    for other in [factories.person() for _ in range(21)]:
        factories.follow(ben, other)
        factories.post(other)
    deliver_all()
    reader = factories.fresh(ben)
    folding.page(Feed(reader))
    with django_assert_max_num_queries(3):
        folding.page(Feed(reader))
    say(ada, 50, group=club)
    deliver_all()
    with django_assert_max_num_queries(7):
        assert folding.page(Feed(reader)).folds


@given(st.lists(st.frozensets(st.integers(1, 4), max_size=2), max_size=60), st.integers(1, 8))
def test_every_entry_is_on_one_page_and_in_order(brought: list[frozenset[int]], size: int):
    """Cards and folds of all pages together are the feed. Each page but the last is full."""
    left = [Entry(id, id, id, 0, Post.Audience.PUBLIC) for id in range(len(brought), 0, -1)]
    by_entry = {entry.id: streams for entry, streams in zip(left, brought, strict=True)}
    seen = []
    while left:
        page = fold(Slots(left, None, left[0].id), by_entry, size)
        taken = sorted([*cards(page), *(id for ids in folds(page).values() for id in ids)], reverse=True)
        assert taken == [entry.id for entry in left[: len(taken)]]
        assert cards(page) == sorted(cards(page), reverse=True)
        assert len(cards(page)) == min(size, len(left))
        seen += taken
        left = left[len(taken) :]
    assert seen == sorted(seen, reverse=True)
