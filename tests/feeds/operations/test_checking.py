"""Checking: differences are found, pending entries are none, and a check changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import redis

from feeds.feed import Feed
from feeds.operations import checking, repair
from feeds.operations.checking import Difference, Fault, check
from feeds.reading import home
from feeds.reading.entries import Entry
from feeds.reading.paging import Slots
from feeds.timelines import shards, store
from network.actions import blocks, edits, follows, lists, mutes, reshares
from network.actions.drafts import Draft
from network.models import Delivery, Follow, Group, Person, Post
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


def read(person: Person) -> list[int]:
    return [entry.id for entry in home.slots(factories.fresh(person)).entries]


def lose(*entries: int) -> None:
    """Delete pending deliveries, as a fault would."""
    Delivery.objects.filter(activity__in=entries).delete()


@pytest.fixture
def reader(ada: Person, ben: Person, chi: Person, dan: Person) -> Person:
    """Ben, who has read his home. It has entries of all kinds."""
    for followed in (ada, chi, factories.topic("tides")):
        factories.follow(ben, followed)
    group = factories.group(dan, Group.Kind.HIDDEN, ben, chi)
    follows.deliver(ben, ada.stream, place=Follow.Place.HOME, comments=Follow.Comments.NONE)
    muted, blocked = factories.person("muted"), factories.person("blocked")
    factories.follow(ben, muted)
    factories.join(blocked, group)
    first = factories.post(ada, "On #tides")
    factories.comment(ada, factories.post(dan, "Nobody follows dan, but #tides."))
    factories.comment(chi, first)
    factories.post(ben, "My own.")
    inside = factories.post(chi, "Inside.", group=group)
    reshares.reshare(blocked, inside)
    factories.post(muted)
    reshares.reshare(chi, factories.post(dan, "Passed on."))
    deliver_all()
    blocks.block(ben, blocked)
    mutes.mute_person(ben, muted)
    assert len(read(ben)) == 5
    return factories.fresh(ben)


def test_a_right_home_has_no_differences(reader: Person):
    assert check(reader.pk) == []


def test_a_lost_entry_is_found(reader: Person, ada: Person):
    post = factories.post(ada)
    lose(post.pk)
    assert check(reader.pk) == [
        Difference(reader.pk, reader.pk, post.pk, Fault.LOST),
        Difference(reader.pk, reader.pk, post.pk, Fault.MISSING),
    ]


def test_a_lost_entry_of_a_muted_person_is_found(reader: Person):
    """Their mute may end, and then nobody delivers it."""
    post = factories.post(Person.objects.get(handle="muted"))
    lose(post.pk)
    assert check(reader.pk) == [Difference(reader.pk, reader.pk, post.pk, Fault.LOST)]


def test_pending_entries_are_no_differences(reader: Person, ada: Person, dan: Person):
    factories.post(ada)
    factories.comment(ada, factories.post(dan, "On #tides"))
    assert check(reader.pk) == []


def test_a_pending_comment_does_not_hide_a_lost_entry_before_it(reader: Person, chi: Person):
    post = factories.post(chi)
    lose(post.pk)
    factories.comment(chi, post)
    assert Difference(reader.pk, reader.pk, post.pk, Fault.MISSING) in check(reader.pk)


def test_a_thread_that_gained_a_topic_is_pending_as_a_whole(reader: Person, dan: Person):
    factories.follow(reader, factories.topic("tides"), comments=Follow.Comments.ALL)
    post = factories.post(dan, "On nothing")
    comment = factories.comment(dan, post)
    deliver_all()
    edits.edit(dan, post, Draft("On #tides"))
    assert check(reader.pk) == []
    Delivery.objects.all().delete()
    assert {found.entry for found in check(reader.pk)} == {post.pk, comment.pk}


def showing(entries: Callable[[list[Entry]], list[Entry]]) -> Callable[..., Slots]:
    """Replace the entries of all pages of a feed."""
    slots = home.slots_of

    def other(*asked: Any) -> Slots:
        page = slots(*asked)
        return replace(page, entries=entries(page.entries))

    return other


def test_a_wrong_entry_is_found(reader: Person, monkeypatch: pytest.MonkeyPatch):
    muted = Post.objects.get(author__handle="muted")
    wrong = Entry(muted.pk, muted.pk, muted.pk, muted.author_id, "post")
    monkeypatch.setattr(
        home, "slots_of", showing(lambda found: sorted([*found, wrong], key=lambda row: -row.id))
    )
    assert check(reader.pk) == [Difference(reader.pk, reader.pk, wrong.id, Fault.WRONG)]


def test_an_entry_shown_twice_is_found(reader: Person, monkeypatch: pytest.MonkeyPatch):
    newest = read(reader)[0]
    monkeypatch.setattr(home, "slots_of", showing(lambda found: [*found, found[0]]))
    assert check(reader.pk) == [Difference(reader.pk, reader.pk, newest, Fault.TWICE)]


def test_what_the_second_check_does_not_find_is_no_difference(reader: Person, ada: Person, monkeypatch):
    post = factories.post(ada)
    lose(post.pk)
    look, seen = checking.look, []

    def look_and_deliver(person: int) -> set[Difference]:
        seen.append(look(person))
        store.push([reader.pk], [post.pk])
        return seen[-1]

    monkeypatch.setattr(checking, "look", look_and_deliver)
    assert check(reader.pk) == []
    assert [len(found) for found in seen] == [2, 0]


def test_a_home_is_checked_above_and_below_its_floor(reader: Person, ada: Person, monkeypatch):
    monkeypatch.setattr(store, "KEPT", 10)
    monkeypatch.setattr(checking, "DEPTH", 25)
    monkeypatch.setattr(checking, "LATER", 6)
    said = [factories.post(ada, f"Tide {number}").pk for number in range(30)]
    deliver_all()
    store.forget([reader.pk])
    assert check(reader.pk) == []
    read(reader)
    shards.client().lset(store.key(reader.pk), -2, f"-{said[-5]}")
    assert check(reader.pk) == [], "the database answers below any floor"
    shards.client().lrem(store.key(reader.pk), 0, str(said[-3]))
    assert {(found.entry, found.fault) for found in check(reader.pk)} == {
        (said[-3], Fault.LOST),
        (said[-3], Fault.MISSING),
    }


def test_a_check_does_not_extend_the_ttl(reader: Person, empty_valkey: redis.Redis):
    key = store.key(reader.pk)
    empty_valkey.expire(key, 1000)
    check(reader.pk)
    assert 990 < empty_valkey.ttl(key) <= 1000
    store.forget([reader.pk])
    check(reader.pk)
    assert not empty_valkey.exists(key)


def test_a_timeline_with_a_lost_entry_is_rebuilt(reader: Person, ada: Person):
    post = factories.post(ada)
    lose(post.pk)
    assert len(repair.repair(reader.pk)) == 2
    assert check(reader.pk) == []
    assert post.pk in read(reader)


def test_a_sample_may_hold_anybody(db: None):
    assert repair.sample(3) == []
    people = {factories.person().pk for _ in range(5)}
    found = [repair.sample(3) for _ in range(60)]
    assert {len(set(sample)) for sample in found} == {3}
    assert {person for sample in found for person in sample} == people
    assert set(repair.sample(9)) == people


def test_the_cost_of_a_check_does_not_grow(reader: Person, django_assert_num_queries):
    def cost() -> None:
        with django_assert_num_queries(9):
            checking.expect(Feed(reader))

    cost()
    for _ in range(20):
        made = factories.person()
        factories.follow(reader, made)
        factories.post(made)
    cost()


def test_lists_are_checked_too(reader: Person, ada: Person, chi: Person):
    made = lists.create(reader, "Close")
    follows.deliver(reader, chi.stream, place=made)
    feed = Feed(factories.fresh(reader), made.pk)
    deliver_all()
    home.slots_of(feed)
    assert check(reader.pk) == []
    post = factories.post(chi)
    lose(post.pk)
    assert {(found.feed, found.entry, found.fault) for found in check(reader.pk)} == {
        (made.pk, post.pk, Fault.LOST),
        (made.pk, post.pk, Fault.MISSING),
    }
    repair.repair(reader.pk)
    assert check(reader.pk) == []
