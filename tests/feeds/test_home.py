"""The home: what follows change, at the next read, with Redis or without."""

from __future__ import annotations

import pytest
import redis

from feeds import home, outbox, rebuild, timelines
from feeds.feed import Feed
from feeds.reasons import Reason, Why, reasons
from network.actions import blocks, follows, mutes, posts, reshares
from network.models import Delivery, Follow, Group, Person
from tests import making
from tests.feeds.delivering import deliver_all

Comments = Follow.Comments


def threads(person: Person) -> list[int]:
    return [entry.thread for entry in home.slots(making.fresh(person)).entries]


def test_following_brings_the_past_in_its_place(ada: Person, ben: Person, chi: Person):
    early, late = making.post(ada, "Early"), making.post(chi, "Middle")
    making.follow(ben, chi)
    latest = making.post(ada, "Late")
    deliver_all()
    assert threads(ben) == [late.pk]
    making.follow(ben, ada)
    assert threads(ben) == [latest.pk, late.pk, early.pk]


def test_unfollowing_takes_it_away_at_once(ada: Person, ben: Person):
    making.follow(ben, ada)
    making.post(ada)
    deliver_all()
    assert threads(ben)
    follows.unfollow(ben, ada.stream)
    assert threads(ben) == []


def test_what_was_said_while_one_did_not_follow_comes_with_following_again(ada: Person, ben: Person):
    making.follow(ben, ada)
    threads(ben)
    follows.unfollow(ben, ada.stream)
    missed = making.post(ada)
    deliver_all()
    making.follow(ben, ada)
    assert threads(ben) == [missed.pk]


def test_ones_own_post_is_there_before_any_worker(ada: Person):
    mine = making.post(ada)
    assert threads(ada) == [mine.pk]


def test_a_block_and_a_mute_count_at_the_next_read(ada: Person, ben: Person, chi: Person):
    making.follow(ben, ada)
    making.follow(ben, chi)
    first, second = making.post(ada), making.post(chi)
    deliver_all()
    assert threads(ben) == [second.pk, first.pk]
    mutes.mute_person(ben, chi)
    assert threads(ben) == [first.pk]
    blocks.block(ada, ben)
    assert threads(ben) == []


def test_nothing_is_passed_on_by_somebody_blocked(ada: Person, ben: Person, chi: Person):
    group = making.group(ada, Group.Kind.OPEN, ben, chi)
    post = making.post(ada, group=group)
    later = making.post(ada, group=group)
    reshares.reshare(chi, post)
    deliver_all()
    assert threads(ben) == [post.pk, later.pk]
    blocks.block(ben, chi)
    assert threads(ben) == [later.pk, post.pk]


def test_what_is_owed_hides_no_older_word_on_later_pages(ada: Person, ben: Person, chi: Person):
    """A comment that is not delivered yet was on no page, so its thread stays where it was."""
    making.follow(ben, ada)
    threads(ben)
    root = making.post(chi)
    making.comment(ben, root)
    deliver_all()
    late = making.comment(ada, root)
    newer = [making.post(ada).pk for _ in range(3)]
    for delivery in Delivery.objects.exclude(activity=late.pk):
        outbox.deliver([delivery])
    first = home.slots(making.fresh(ben), size=2)
    second = home.slots(making.fresh(ben), first.older, size=2)
    shown = [entry.thread for page in (first, second) for entry in page.entries]
    assert shown == [*newer[::-1], root.pk]


def test_a_deleted_post_is_gone_before_any_worker(ada: Person, ben: Person):
    making.follow(ben, ada)
    post = making.post(ada)
    deliver_all()
    threads(ben)
    posts.delete(ada, post)
    assert threads(ben) == []


def test_switches_and_places_say_what_of_a_stream_reaches_home(ada: Person, ben: Person, chi: Person):
    making.follow(ben, ada)
    by_chi = making.post(chi)
    making.comment(ada, by_chi)
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
    """An entry that only the timeline lacks must be missing: else Redis is not what answers."""
    making.follow(ben, ada)
    deliver_all()
    threads(ben)
    post = making.post(ada)
    assert threads(ben) == []
    timelines.push([ben.pk], [post.pk])
    assert threads(ben) == [post.pk]


def test_a_flushed_redis_is_rebuilt_at_the_next_read(ada: Person, ben: Person, empty_valkey: redis.Redis):
    making.follow(ben, ada)
    post = making.post(ada)
    deliver_all()
    threads(ben)
    empty_valkey.flushall()
    assert threads(ben) == [post.pk]
    assert timelines.read(ben.pk, making.fresh(ben).generation) is not None


def test_without_redis_the_database_answers(ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch):
    making.follow(ben, ada)
    post = making.post(ada)

    def away(*_: object) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(timelines, "read", away)
    assert threads(ben) == [post.pk]


def test_a_follow_during_a_rebuild_makes_the_result_out_of_date(ada: Person, ben: Person, monkeypatch):
    """The generation is read before the database is: what is followed in between comes with the next read."""
    begin = timelines.begin_rebuild

    def begin_and_follow(person_id: int) -> str | None:
        mark = begin(person_id)
        monkeypatch.setattr(timelines, "begin_rebuild", begin)
        return mark

    post = making.post(ada)
    deliver_all()
    monkeypatch.setattr(timelines, "begin_rebuild", begin_and_follow)
    before = making.fresh(ben)
    rebuild.rebuild(Feed(before))
    making.follow(ben, ada)
    assert timelines.read(ben.pk, making.fresh(ben).generation) is None
    assert threads(ben) == [post.pk]


def test_below_the_floor_the_database_goes_on(ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(timelines, "KEPT", 30)
    making.follow(ben, ada)
    said = [making.post(ada, f"Tide {number}").pk for number in range(50)]
    deliver_all()
    found, cursor = [], None
    while True:
        page = home.slots(making.fresh(ben), cursor)
        found += [entry.thread for entry in page.entries]
        cursor = page.older
        if cursor is None:
            break
    assert found == said[::-1]
    timeline = timelines.read(ben.pk, making.fresh(ben).generation)
    assert timeline is not None
    assert len(timeline.ids) == 30


def test_a_card_says_every_way_by_which_it_came(ada: Person, ben: Person, chi: Person, dan: Person):
    statistics = making.topic("statistics")
    for followed in (ada, chi, statistics):
        making.follow(ben, followed)
    post = making.post(ada, "On #statistics")
    reshares.reshare(chi, post)
    reshares.reshare(dan, post)
    deliver_all()
    page = home.slots(making.fresh(ben))
    assert [entry.thread for entry in page.entries] == [post.pk]
    found = reasons(Feed(ben), [post.pk], page.newest)[post.pk]
    assert {(reason.why, reason.what) for reason in found} == {
        (Why.FOLLOWED, ada),
        (Why.TOPIC, statistics),
        (Why.RESHARED, chi),
    }
    assert Reason(Why.RESHARED, dan) not in found


def test_the_cost_of_a_home_does_not_grow(ada: Person, ben: Person, django_assert_num_queries):
    making.follow(ben, ada)
    making.post(ada)
    deliver_all()
    reader = making.fresh(ben)
    home.slots(reader)
    for _ in range(50):
        making.post(ada)
    deliver_all()
    with django_assert_num_queries(2):
        home.slots(reader)
