"""Fan-out: which timelines an activity is pushed to, in batches of followers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from feeds.reading import home
from feeds.timelines import fanout, store
from network import ids
from network.actions import edits, follows, lists
from network.actions.drafts import Draft
from network.models import Activity, Follow, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all
from tests.support.feeds.timelines import build_empty, stored


def test_an_activity_is_pushed_to_the_followers_of_all_its_streams(
    ada: Person, ben: Person, chi: Person, dan: Person
):
    factories.follow(ben, ada)
    factories.follow(chi, factories.topic("statistics"))
    for person in (ben, chi, dan):
        build_empty(person)
    post = factories.post(ada, "On #statistics")
    activity = Activity.objects.get(pk=post.pk)
    fanout.deliver(activity, 0)
    fanout.deliver(activity, 0)
    assert (stored(ben), stored(chi), stored(dan)) == ([post.pk], [post.pk], [])


def test_requested_follows_and_the_digest_get_no_push(ada: Person, ben: Person, chi: Person):
    factories.follow(ben, ada)
    Follow.objects.update(place=Follow.Place.DIGEST)
    Follow.objects.create(follower=chi, stream=ada.stream, state=Follow.State.REQUESTED)
    build_empty(ben)
    build_empty(chi)
    factories.post(ada)
    deliver_all()
    assert (stored(ben), stored(chi)) == ([], [])


def test_followers_are_pushed_to_in_batches(ada: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanout, "FOLLOWERS_A_BATCH", 3)
    followers = [factories.person() for _ in range(7)]
    for follower in followers:
        factories.follow(follower, ada)
    factories.post(ada)
    pushed = []
    monkeypatch.setattr(store, "push", lambda feeds, ids: pushed.append(feeds))
    deliver_all()
    assert pushed == [[], *([follower.pk for follower in followers[at : at + 3]] for at in (0, 3, 6))]


class TestPulledStreams:
    """Streams with very many followers are merged when a feed is read, and never pushed."""

    @pytest.fixture(autouse=True)
    def few(self, settings: Any) -> None:
        settings.PULL_FROM = 2

    def test_a_stream_is_pulled_from_the_threshold_until_half_of_it(
        self, ada: Person, ben: Person, chi: Person, dan: Person
    ):
        factories.follow(ben, ada)
        assert factories.fresh(ada).stream.pushed_from == 0
        factories.follow(chi, ada)
        assert factories.fresh(ada).stream.pushed_from == ids.MAX
        follows.unfollow(ben, ada.stream)
        pushed_from = factories.fresh(ada).stream.pushed_from
        assert ids.next_id() < pushed_from < ids.MAX, "what is being recorded now was delivered to nobody"
        factories.follow(dan, ada)
        assert factories.fresh(ada).stream.pushed_from == ids.MAX

    def test_a_pulled_post_is_at_home_and_in_no_timeline(self, ada: Person, ben: Person, chi: Person):
        factories.follow(ben, ada)
        factories.follow(chi, ada)
        build_empty(ben)
        post = factories.post(ada)
        deliver_all()
        assert stored(ben) == []
        assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [post.pk]

    def test_posts_around_the_end_of_pulling_are_at_home(self, ada: Person, ben: Person, chi: Person):
        factories.follow(ben, ada)
        factories.follow(chi, ada)
        follows.unfollow(chi, ada.stream)
        build_empty(ben)
        early = factories.post(ada)
        with time_machine.travel(timezone.now() + timedelta(minutes=1)):
            late = factories.post(ada)
        deliver_all()
        assert stored(ben) == [late.pk]
        assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [late.pk, early.pk]


class TestRebuild:
    """A follow rebuilds a timeline before its person reads it."""

    def test_an_outdated_timeline_is_rebuilt(self, ada: Person, ben: Person):
        post = factories.post(ada)
        build_empty(ben)
        factories.follow(ben, ada)
        deliver_all()
        assert stored(ben) == [post.pk]

    def test_no_timeline_is_built_for_a_person_without_one(self, ada: Person, ben: Person):
        factories.post(ada)
        factories.follow(ben, ada)
        deliver_all()
        assert store.read(ben.pk, factories.fresh(ben).generation) is None


def test_active_feeds_come_first(ada: Person, ben: Person, chi: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanout, "FOLLOWERS_A_BATCH", 1)
    for follower in (ben, chi):
        factories.follow(follower, ada)
    store.read(chi.pk, 0)
    assert store.active_feeds() == [chi.pk]
    pushed: list[list[int]] = []
    monkeypatch.setattr(store, "push", lambda feeds, ids: pushed.append(feeds))
    factories.post(ada)
    deliver_all()
    assert pushed == [[chi.pk], [ben.pk], [chi.pk], []]


def test_a_long_thread_that_gains_a_topic_drops_timelines(
    ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fanout, "PUSHED_AT_ONCE", 1)
    factories.follow(ben, factories.topic("statistics"), comments=Follow.Comments.ALL)
    post = factories.post(ada, "On nothing")
    comment = factories.comment(ada, post)
    deliver_all()
    build_empty(ben)
    edits.edit(ada, post, Draft("On #statistics"))
    deliver_all()
    assert store.read(ben.pk, factories.fresh(ben).generation) is None
    assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [comment.pk]


def test_a_thread_that_gains_a_topic_is_pushed_to_its_followers(ada: Person, ben: Person, chi: Person):
    factories.follow(chi, factories.topic("statistics"))
    post = factories.post(ada, "On nothing")
    comment = factories.comment(ben, post)
    deliver_all()
    build_empty(chi)
    edits.edit(ada, post, Draft("On #statistics"))
    deliver_all()
    assert stored(chi) == [comment.pk, post.pk]


def test_an_entry_is_pushed_to_the_feed_of_each_follow(
    ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
):
    """Two streams may bring it to two feeds of one person. Both are in the same batch."""
    monkeypatch.setattr(fanout, "FOLLOWERS_A_BATCH", 1)
    tides, moon = factories.topic("tides"), factories.topic("moon")
    friends, late = lists.create(ben, "Friends"), factories.person()
    for who, what in ((ben, tides), (ben, ada), (ben, moon), (late, ada)):
        factories.follow(who, what)
    follows.deliver(ben, ada.stream, place=friends)
    follows.deliver(ben, moon.stream, place=Follow.Place.DIGEST)
    deliver_all()
    pushed: list[set[int]] = []
    monkeypatch.setattr(store, "push", lambda feeds, ids: pushed.append(set(feeds)))
    factories.post(ada, "#tides and #moon")
    deliver_all()
    assert [feeds for feeds in pushed if feeds] == [{ben.pk, friends.pk}, {late.pk}]
