"""The outbox: what is owed is done, whoever dies, and doing it twice changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from feeds.delivery import outbox
from feeds.reading import home
from feeds.timelines import fanout, store
from feeds.timelines.store import Timeline
from network import ids
from network.actions import edits, follows, lists
from network.actions.drafts import Draft
from network.models import Activity, Delivery, Follow, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all, handle_with


@pytest.fixture
def delivery(ada: Person, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """The one thing that is owed: the timelines of a post."""
    deliver_all()
    post = factories.post(ada)
    Delivery.objects.exclude(kind="timelines").delete()
    return Delivery.objects.get(activity=post.pk)


def timeline_of(person: Person) -> Timeline:
    mark = store.begin_rebuild(person.pk)
    assert mark is not None
    store.finish_rebuild(person.pk, mark, Timeline([], 0), factories.fresh(person).generation)
    found = store.read(person.pk, factories.fresh(person).generation)
    assert found is not None
    return found


def read(person: Person) -> list[int]:
    found = store.read(person.pk, factories.fresh(person).generation)
    assert found is not None
    return list(found.ids)


def test_a_delivery_that_is_done_is_owed_no_longer(delivery: Delivery):
    outbox.deliver_all(delivery.activity_id)
    assert not Delivery.objects.exists()


def test_a_leased_delivery_is_left_to_who_has_it(delivery: Delivery):
    assert outbox.lease([delivery])
    assert not outbox.lease([delivery])
    outbox.deliver_all(delivery.activity_id)
    assert Delivery.objects.filter(pk=delivery.pk).exists()


def test_of_several_only_what_nobody_has_is_taken(ada: Person):
    deliver_all()
    factories.post(ada)
    first, *others = Delivery.objects.order_by("pk")
    assert others, "a post owes more than one thing"
    assert outbox.lease([first]) == [first]
    assert outbox.lease([first, *others]) == others


def test_the_sweeper_does_what_a_dead_worker_had(delivery: Delivery):
    outbox.lease([delivery])
    assert outbox.sweep() == 0
    with time_machine.travel(timezone.now() + outbox.LEASE + timedelta(seconds=11)):
        assert outbox.sweep() == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("leased", [True, False])
def test_a_clock_that_is_set_back_holds_up_nothing(delivery: Delivery, leased: bool):
    if leased:
        outbox.lease([delivery])
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        assert outbox.sweep() == 1
    assert not Delivery.objects.exists()


def test_the_sweeper_leaves_what_is_on_its_way(delivery: Delivery):
    assert outbox.sweep() == 0
    with time_machine.travel(timezone.now() + outbox.FRESH + timedelta(seconds=1)):
        assert outbox.sweep() == 1


def test_a_failure_is_tried_again_after_a_growing_pause(delivery: Delivery, monkeypatch: pytest.MonkeyPatch):
    def fail(activity: Activity, batch: int) -> None:
        raise OSError("full")

    handle_with(monkeypatch, "timelines", fail)
    pauses = []
    for _ in range(8):
        due = Delivery.objects.get(pk=delivery.pk)
        with time_machine.travel(due.leased_until or timezone.now(), tick=False):
            start = timezone.now() + timedelta(milliseconds=1)
        with time_machine.travel(start, tick=False):
            outbox.deliver_all(delivery.activity_id)
            due.refresh_from_db()
            assert due.leased_until is not None
            pauses.append(due.leased_until - start)
    assert pauses[0] < pauses[1] < pauses[2]
    assert pauses[-1] <= timedelta(seconds=30), "a long fault is mended within a minute of its end"
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        outbox.deliver_all(delivery.activity_id)
    assert not Delivery.objects.exists()


def test_what_has_failed_for_days_holds_up_nothing(
    ada: Person, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
):
    Delivery.objects.filter(pk=delivery.pk).update(tries=32767)  # the most that the column takes
    handle_with(monkeypatch, "breaking", lambda activity, batch: 1 / 0)
    Delivery.objects.filter(pk=delivery.pk).update(kind="breaking")
    factories.post(ada)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert outbox.sweep() > 0
    assert [owed.kind for owed in Delivery.objects.all()] == ["breaking"]


def test_a_failing_kind_holds_up_no_other(ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch):
    factories.follow(ben, ada)
    deliver_all()
    timeline_of(ben)
    post = factories.post(ada)
    Delivery.objects.get_or_create(activity_id=post.pk, kind="breaking")
    handle_with(monkeypatch, "breaking", lambda activity, batch: 1 / 0)
    outbox.deliver_all(post.pk)
    assert read(ben) == [post.pk]
    assert [owed.kind for owed in Delivery.objects.all()] == ["breaking"]


def waits_for_the_disk() -> bool:
    on_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if on_postgresql else "PRAGMA synchronous")
        return cursor.fetchone()[0] in ("on", 2)


@pytest.mark.django_db(transaction=True)
def test_leases_and_ends_wait_for_no_disk_and_what_is_delivered_does(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")  # the server of the tests has it off
    own, delivering = [], []

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if "network_delivery" in sql and not sql.startswith("SELECT"):
            own.append(waits_for_the_disk())
        return result

    def leave_a_part(activity: Activity, batch: int) -> None:
        outbox.owe(activity, "others", 1)
        delivering.append(waits_for_the_disk())

    handle_with(monkeypatch, "timelines", leave_a_part)
    with connection.execute_wrapper(look):
        outbox.deliver_all(delivery.activity_id)
    assert own == [False] * 3, "a lease, a part for others, an end"
    assert delivering == [connection.vendor == "postgresql"]


def test_the_followers_of_every_stream_get_it(ada: Person, ben: Person, chi: Person, dan: Person):
    factories.follow(ben, ada)
    factories.follow(chi, factories.topic("statistics"))
    for person in (ben, chi, dan):
        timeline_of(person)
    post = factories.post(ada, "On #statistics")
    activity = Activity.objects.get(pk=post.pk)
    fanout.deliver(activity, 0)
    fanout.deliver(activity, 0)
    assert (read(ben), read(chi), read(dan)) == ([post.pk], [post.pk], [])


def test_who_asked_or_reads_only_the_digest_gets_nothing(ada: Person, ben: Person, chi: Person):
    factories.follow(ben, ada)
    Follow.objects.update(place=Follow.Place.DIGEST)
    Follow.objects.create(follower=chi, stream=ada.stream, state=Follow.State.REQUESTED)
    timeline_of(ben)
    timeline_of(chi)
    factories.post(ada)
    deliver_all()
    assert (read(ben), read(chi)) == ([], [])


def test_followers_come_in_batches(ada: Person, monkeypatch: pytest.MonkeyPatch):
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
    """What very many follow is merged when it is read, and pushed to nobody."""

    @pytest.fixture(autouse=True)
    def few(self, settings: Any) -> None:
        settings.PULL_FROM = 2

    def test_pull_begins_at_the_threshold_and_ends_at_half_of_it(
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

    def test_what_is_pulled_is_in_the_home_and_in_no_timeline(self, ada: Person, ben: Person, chi: Person):
        factories.follow(ben, ada)
        factories.follow(chi, ada)
        timeline_of(ben)
        post = factories.post(ada)
        deliver_all()
        assert read(ben) == []
        assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [post.pk]

    def test_what_is_said_as_push_begins_again_is_in_the_home(self, ada: Person, ben: Person, chi: Person):
        factories.follow(ben, ada)
        factories.follow(chi, ada)
        follows.unfollow(chi, ada.stream)
        timeline_of(ben)
        early = factories.post(ada)
        with time_machine.travel(timezone.now() + timedelta(minutes=1)):
            late = factories.post(ada)
        deliver_all()
        assert read(ben) == [late.pk]
        assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [late.pk, early.pk]


class TestRenewal:
    """A follow brings the past of its stream before its person asks."""

    def test_who_reads_gets_a_timeline_that_is_up_to_date(self, ada: Person, ben: Person):
        post = factories.post(ada)
        timeline_of(ben)
        factories.follow(ben, ada)
        deliver_all()
        assert read(ben) == [post.pk]

    def test_who_does_not_read_gets_none(self, ada: Person, ben: Person):
        factories.post(ada)
        factories.follow(ben, ada)
        deliver_all()
        assert store.read(ben.pk, factories.fresh(ben).generation) is None


def test_who_is_here_comes_first(ada: Person, ben: Person, chi: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanout, "FOLLOWERS_A_BATCH", 1)
    for follower in (ben, chi):
        factories.follow(follower, ada)
    store.read(chi.pk, 0)
    assert store.readers() == [chi.pk]
    pushed: list[list[int]] = []
    monkeypatch.setattr(store, "push", lambda feeds, ids: pushed.append(feeds))
    factories.post(ada)
    deliver_all()
    assert pushed == [[chi.pk], [ben.pk], [chi.pk], []]


def test_a_long_thread_that_gains_a_topic_is_built_anew(
    ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fanout, "PUSHED_AT_ONCE", 1)
    factories.follow(ben, factories.topic("statistics"), comments=Follow.Comments.ALL)
    post = factories.post(ada, "On nothing")
    comment = factories.comment(ada, post)
    deliver_all()
    timeline_of(ben)
    edits.edit(ada, post, Draft("On #statistics"))
    deliver_all()
    assert store.read(ben.pk, factories.fresh(ben).generation) is None
    assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [comment.pk]


def test_a_thread_that_gains_a_topic_reaches_its_followers(ada: Person, ben: Person, chi: Person):
    factories.follow(chi, factories.topic("statistics"))
    post = factories.post(ada, "On nothing")
    comment = factories.comment(ben, post)
    deliver_all()
    timeline_of(chi)
    edits.edit(ada, post, Draft("On #statistics"))
    deliver_all()
    assert read(chi) == [comment.pk, post.pk]


def test_an_entry_goes_to_the_feed_that_each_follow_names(
    ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
):
    """By two streams it may enter two feeds of one person, who are not parted by the end of a batch."""
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
