"""Feeds equal the oracle whatever happens, and planted faults are found."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db.models import Q, Value
from hypothesis.stateful import run_state_machine_as_test

from feeds import follow_rule
from feeds.reading import entries, paging, streams
from feeds.timelines import fanout, rebuild, shards, store
from network.actions import follows, mutes
from network.models import Publication
from network.queries import discussions, messages, showing, threads
from tests.oracle import World
from tests.state_machines import DEEP, QUICK
from tests.state_machines.homes import KEPT, MOST, HomeMachine
from tests.support.feeds.turning import PAGE
from tests.support.planting import built_anew
from tests.support.servers import OwnValkey


@pytest.fixture(scope="module")
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnValkey]:
    server = OwnValkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def small(own_valkey: OwnValkey, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small limits, so that a run reaches them."""
    settings.TIMELINES_REDIS_URL = own_valkey.url
    HomeMachine.valkey = own_valkey
    monkeypatch.setattr(store, "KEPT", KEPT)
    monkeypatch.setattr(store, "MOST", MOST)
    monkeypatch.setattr(shards, "FEEDS_A_CALL", 2)
    monkeypatch.setattr(fanout, "FOLLOWERS_A_BATCH", 2)
    monkeypatch.setattr(fanout, "PUSHED_AT_ONCE", 2)
    settings.PULL_FROM = 3
    monkeypatch.setattr(streams, "page", partial(paging.page, size=PAGE))
    for module in (threads, messages, discussions):
        monkeypatch.setattr(module, "PAGE", PAGE)
    logging.disable(logging.ERROR)
    forget_connections()
    yield
    logging.disable(logging.NOTSET)
    forget_connections()


def forget_connections() -> None:
    shards.script.cache_clear()
    shards.client.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_feeds_are_right_whatever_happens():
    run_state_machine_as_test(HomeMachine, settings=QUICK)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_feeds_are_right_for_long():
    run_state_machine_as_test(HomeMachine, settings=DEEP)


@pytest.mark.usefixtures("small")
class TestTeeth:
    """Planted faults are found."""

    ADA, BEN, CHI, DAN = range(4)

    @pytest.fixture
    def homes(self, db: None, small: None) -> Iterator[HomeMachine]:
        """Dan follows Chi, who has posted. All is delivered, and Dan has read it."""
        machine = HomeMachine()
        machine.publish_several(authors=[(self.CHI, 0)] * 3, post=0, said={"#moon"})
        machine.deliver_pending()
        machine.homes_are_right(World(), range(5))
        yield machine
        machine.forget()

    def assert_caught(self, homes: HomeMachine) -> None:
        with pytest.raises(AssertionError):
            homes.homes_are_right(World(), [self.DAN])

    def test_an_entry_dropped_from_a_timeline(self, homes: HomeMachine):
        key = store.key(homes.people[self.DAN])
        newest = Publication.objects.latest("activity").activity_id
        assert shards.client().lrem(key, 0, str(newest))
        self.assert_caught(homes)

    def test_an_entry_that_is_not_pushed(self, homes: HomeMachine):
        homes.publish_several(authors=[(self.CHI, 0)] * 2, post=0, said=set())
        with mock.patch.object(store, "push"):
            homes.deliver_pending()
        self.assert_caught(homes)

    def test_a_follow_that_brings_no_past(self, homes: HomeMachine):
        homes.publish_several(authors=[(self.BEN, 0)] * 2, post=0, said=set())
        homes.deliver_pending()
        with mock.patch.object(follows, "bump_generation"):
            homes.follow_person(person=self.DAN, other=self.BEN, act=follows.follow)
        self.assert_caught(homes)

    def test_a_feed_that_never_uses_redis(self, homes: HomeMachine):
        homes.valkey.flush()
        with mock.patch.object(rebuild, "stored_or_rebuilt", return_value=None):
            self.assert_caught(homes)

    def test_a_home_that_shows_what_its_person_may_not_read(self, homes: HomeMachine):
        homes.publish(author=self.CHI, audience="direct", said=set(), to=self.BEN, where=0, again=1)
        Publication.objects.create(
            stream_id=homes.people[self.CHI],
            activity_id=homes.post(0).pk,
            thread=homes.post(0),
            actor_id=homes.people[self.CHI],
            kind="post",
        )
        homes.deliver_pending()
        homes.homes_are_right(World(), [self.DAN])
        with mock.patch.object(entries, "may_read", return_value=Q()), built_anew():
            self.assert_caught(homes)

    def test_a_card_that_shows_a_muted_quote(self, homes: HomeMachine):
        homes.publish_several(authors=[(self.ADA, 0)] * 3, post=0, said={"gossip"})
        homes.quote(author=self.CHI, post=0, said=set())
        mutes.mute_word(homes.person(self.DAN), "gossip")
        homes.deliver_pending()
        homes.homes_are_right(World(), [self.DAN])
        with mock.patch.object(showing, "is_not_muted", return_value=Value(True)), built_anew():
            self.assert_caught(homes)

    def test_a_lost_entry_beside_a_pending_one(self, homes: HomeMachine):
        delivered = Publication.objects.latest("activity").activity_id
        homes.publish_several(authors=[(self.CHI, 0)] * 2, post=0, said=set())
        homes.homes_are_right(World(), [self.DAN])
        shards.client().lrem(store.key(homes.people[self.DAN]), 0, str(delivered))
        self.assert_caught(homes)

    def comment(self, homes: HomeMachine, author: int, on: int) -> None:
        """One person posts, another comments."""
        homes.publish_several(authors=[(on, 0)], post=0, said=set())
        homes.publish_several(authors=[(author, 1)], post=0, said=set())

    def test_a_comment_that_is_let_in_and_should_not_be(self, homes: HomeMachine):
        unconditional = {"comment": (follow_rule.Condition(),)}
        with mock.patch.dict(follow_rule.LETS_IN, unconditional), built_anew():
            self.comment(homes, self.CHI, on=self.BEN)
            homes.deliver_pending()
            self.assert_caught(homes)

    def test_a_comment_that_is_not_pushed(self, homes: HomeMachine):
        self.comment(homes, self.CHI, on=self.CHI)
        with mock.patch.object(follow_rule, "lets_in_entry", return_value=Q(pk=None)):
            homes.deliver_pending()
        self.assert_caught(homes)

    def test_a_comment_that_a_rebuild_leaves_out(self, homes: HomeMachine):
        self.comment(homes, self.CHI, on=self.CHI)
        homes.deliver_pending()
        homes.valkey.flush()
        with mock.patch.object(follow_rule, "lets_in_sql", return_value="kind = 'post'"):
            self.assert_caught(homes)

    def test_a_thread_shown_twice(self, homes: HomeMachine):
        with mock.patch.object(paging, "_threads_above", return_value=set()):
            homes.publish_several(authors=[(self.CHI, 0)] * 4 + [(self.CHI, 1)] * 1, post=4, said=set())
            homes.deliver_pending()
            self.assert_caught(homes)

    def test_a_worker_that_leaves_out_a_batch(self, homes: HomeMachine):
        homes.publish_several(authors=[(self.CHI, 0)] * 2, post=0, said=set())
        with mock.patch.object(fanout, "next_feeds", return_value={}):
            homes.deliver_pending()
        self.assert_caught(homes)
