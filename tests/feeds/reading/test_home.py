"""Homes: a change of follows shows at the next read, with Redis and without it."""

from __future__ import annotations

import pytest
import redis

from feeds.delivery import outbox
from feeds.feed import Feed
from feeds.reading import home
from feeds.reading.reasons import Reason, Why, reasons
from feeds.timelines import rebuild, store
from network.actions import blocks, follows, mutes, posts, reshares
from network.models import Delivery, Follow, Group, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all

Comments = Follow.Comments


def threads(person: Person) -> list[int]:
    return [entry.thread for entry in home.slots(factories.fresh(person)).entries]


def test_following_brings_older_posts_in_their_place(ada: Person, ben: Person, chi: Person):
    early, late = factories.post(ada, "Early"), factories.post(chi, "Middle")
    factories.follow(ben, chi)
    latest = factories.post(ada, "Late")
    deliver_all()
    assert threads(ben) == [late.pk]
    factories.follow(ben, ada)
    assert threads(ben) == [latest.pk, late.pk, early.pk]


def test_unfollowing_removes_entries_at_once(ada: Person, ben: Person):
    factories.follow(ben, ada)
    factories.post(ada)
    deliver_all()
    assert threads(ben)
    follows.unfollow(ben, ada.stream)
    assert threads(ben) == []


def test_following_again_brings_what_was_missed(ada: Person, ben: Person):
    factories.follow(ben, ada)
    threads(ben)
    follows.unfollow(ben, ada.stream)
    missed = factories.post(ada)
    deliver_all()
    factories.follow(ben, ada)
    assert threads(ben) == [missed.pk]


def test_ones_own_post_is_there_before_it_is_delivered(ada: Person):
    mine = factories.post(ada)
    assert threads(ada) == [mine.pk]


def test_a_block_and_a_mute_count_at_the_next_read(ada: Person, ben: Person, chi: Person):
    factories.follow(ben, ada)
    factories.follow(ben, chi)
    first, second = factories.post(ada), factories.post(chi)
    deliver_all()
    assert threads(ben) == [second.pk, first.pk]
    mutes.mute_person(ben, chi)
    assert threads(ben) == [first.pk]
    blocks.block(ada, ben)
    assert threads(ben) == []


def test_reshares_by_a_blocked_person_are_left_out(ada: Person, ben: Person, chi: Person):
    group = factories.group(ada, Group.Kind.OPEN, ben, chi)
    post = factories.post(ada, group=group)
    later = factories.post(ada, group=group)
    reshares.reshare(chi, post)
    deliver_all()
    assert threads(ben) == [post.pk, later.pk]
    blocks.block(ben, chi)
    assert threads(ben) == [later.pk, post.pk]


def test_a_pending_comment_does_not_hide_its_thread_on_later_pages(ada: Person, ben: Person, chi: Person):
    """The comment was on no page yet, so its thread stays at its older entry."""
    factories.follow(ben, ada)
    threads(ben)
    root = factories.post(chi)
    factories.comment(ben, root)
    deliver_all()
    late = factories.comment(ada, root)
    newer = [factories.post(ada).pk for _ in range(3)]
    for delivery in Delivery.objects.exclude(activity=late.pk):
        outbox.deliver([delivery])
    first = home.slots(factories.fresh(ben), size=2)
    second = home.slots(factories.fresh(ben), first.older, size=2)
    shown = [entry.thread for page in (first, second) for entry in page.entries]
    assert shown == [*newer[::-1], root.pk]


def test_a_deleted_post_is_gone_before_a_worker_ran(ada: Person, ben: Person):
    factories.follow(ben, ada)
    post = factories.post(ada)
    deliver_all()
    threads(ben)
    posts.delete(ada, post)
    assert threads(ben) == []


def test_flags_and_places_decide_what_of_a_stream_comes_home(ada: Person, ben: Person, chi: Person):
    factories.follow(ben, ada)
    by_chi = factories.post(chi)
    factories.comment(ada, by_chi)
    deliver_all()
    assert threads(ben) == []
    follows.deliver(ben, ada.stream, place=Follow.Place.HOME, comments=Comments.ALL)
    assert threads(ben) == [by_chi.pk]
    follows.deliver(ben, ada.stream, place=Follow.Place.HOME, comments=Comments.NONE)
    assert threads(ben) == []
    reshares.reshare(ada, by_chi)
    deliver_all()
    assert threads(ben) == [by_chi.pk]
    follows.deliver(ben, ada.stream, place=Follow.Place.DIGEST)
    assert threads(ben) == []
    follows.deliver(ben, ada.stream, place=Follow.Place.HOME)
    assert threads(ben) == [by_chi.pk]


def test_the_home_is_read_from_redis(ada: Person, ben: Person):
    """An entry that the timeline lacks is missing at home, so the home is not read from the database."""
    factories.follow(ben, ada)
    deliver_all()
    threads(ben)
    post = factories.post(ada)
    assert threads(ben) == []
    store.push([ben.pk], [post.pk])
    assert threads(ben) == [post.pk]


def test_a_flushed_redis_is_rebuilt_at_the_next_read(ada: Person, ben: Person, empty_valkey: redis.Redis):
    factories.follow(ben, ada)
    post = factories.post(ada)
    deliver_all()
    threads(ben)
    empty_valkey.flushall()
    assert threads(ben) == [post.pk]
    assert store.read(ben.pk, factories.fresh(ben).generation) is not None


def test_without_redis_the_database_answers(ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch):
    factories.follow(ben, ada)
    post = factories.post(ada)

    def away(*_: object) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(store, "read", away)
    assert threads(ben) == [post.pk]


def test_a_follow_during_a_rebuild_makes_the_timeline_outdated(ada: Person, ben: Person, monkeypatch):
    """The generation is read before the database, so the next read rebuilds the timeline again."""
    begin = store.begin_rebuild

    def begin_and_follow(person_id: int) -> str | None:
        lock = begin(person_id)
        monkeypatch.setattr(store, "begin_rebuild", begin)
        return lock

    post = factories.post(ada)
    deliver_all()
    monkeypatch.setattr(store, "begin_rebuild", begin_and_follow)
    before = factories.fresh(ben)
    rebuild.rebuild(Feed(before))
    factories.follow(ben, ada)
    assert store.read(ben.pk, factories.fresh(ben).generation) is None
    assert threads(ben) == [post.pk]


def test_below_the_floor_entries_come_from_the_database(
    ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store, "KEPT", 30)
    factories.follow(ben, ada)
    said = [factories.post(ada, f"Tide {number}").pk for number in range(50)]
    deliver_all()
    found, cursor = [], None
    while True:
        page = home.slots(factories.fresh(ben), cursor)
        found += [entry.thread for entry in page.entries]
        cursor = page.older
        if cursor is None:
            break
    assert found == said[::-1]
    timeline = store.read(ben.pk, factories.fresh(ben).generation)
    assert timeline is not None
    assert len(timeline.ids) == 30


def test_all_reasons_of_a_card_are_found(ada: Person, ben: Person, chi: Person, dan: Person):
    statistics = factories.topic("statistics")
    for followed in (ada, chi, statistics):
        factories.follow(ben, followed)
    post = factories.post(ada, "On #statistics")
    reshares.reshare(chi, post)
    reshares.reshare(dan, post)
    deliver_all()
    page = home.slots(factories.fresh(ben))
    assert [entry.thread for entry in page.entries] == [post.pk]
    found = reasons(Feed(ben), [post.pk], page.newest)[post.pk]
    assert {(reason.why, reason.what) for reason in found} == {
        (Why.FOLLOWED, ada),
        (Why.TOPIC, statistics),
        (Why.RESHARED, chi),
    }
    assert Reason(Why.RESHARED, dan) not in found


def test_the_cost_of_a_home_does_not_grow(ada: Person, ben: Person, django_assert_num_queries):
    factories.follow(ben, ada)
    factories.post(ada)
    deliver_all()
    reader = factories.fresh(ben)
    home.slots(reader)
    for _ in range(50):
        factories.post(ada)
    deliver_all()
    with django_assert_num_queries(2):
        home.slots(reader)
