"""The outbox: what is owed is done, whoever dies, and doing it twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from feeds import fanout, outbox, timelines
from feeds.timelines import Timeline
from network.actions import edits
from network.actions.drafts import Draft
from network.models import Activity, Delivery, Follow, Person
from tests import making
from tests.feeds.delivering import deliver_all


@pytest.fixture
def delivery(ada: Person, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """The one thing that is owed: the timelines of a post."""
    deliver_all()
    post = making.post(ada)
    Delivery.objects.exclude(kind="timelines").delete()
    return Delivery.objects.get(activity=post.pk)


def timeline_of(person: Person) -> Timeline:
    mark = timelines.begin_rebuild(person.pk)
    assert mark is not None
    timelines.finish_rebuild(person.pk, mark, Timeline([], 0), making.fresh(person).generation)
    found = timelines.read(person.pk, making.fresh(person).generation)
    assert found is not None
    return found


def read(person: Person) -> list[int]:
    found = timelines.read(person.pk, making.fresh(person).generation)
    assert found is not None
    return list(found.ids)


def test_a_delivery_that_is_done_is_owed_no_longer(delivery: Delivery):
    outbox.deliver_all(delivery.activity_id)
    assert not Delivery.objects.exists()


def test_a_leased_delivery_is_left_to_who_has_it(delivery: Delivery):
    assert outbox.lease(delivery)
    assert not outbox.lease(delivery)
    outbox.deliver_all(delivery.activity_id)
    assert Delivery.objects.filter(pk=delivery.pk).exists()


def test_the_sweeper_does_what_a_dead_worker_had(delivery: Delivery):
    outbox.lease(delivery)
    assert outbox.sweep() == 0
    with time_machine.travel(timezone.now() + outbox.LEASE + timedelta(seconds=11)):
        assert outbox.sweep() == 1
    assert not Delivery.objects.exists()


def test_the_sweeper_leaves_what_is_on_its_way(delivery: Delivery):
    assert outbox.sweep() == 0
    with time_machine.travel(timezone.now() + outbox.FRESH + timedelta(seconds=1)):
        assert outbox.sweep() == 1


def test_a_failure_is_tried_again_after_a_growing_pause(delivery: Delivery, monkeypatch: pytest.MonkeyPatch):
    def fail(activity: Activity, batch: int) -> None:
        raise OSError("full")

    monkeypatch.setitem(outbox.handlers, "timelines", fail)
    pauses = []
    for _ in range(3):
        due = Delivery.objects.get(pk=delivery.pk)
        with time_machine.travel(due.leased_until or timezone.now(), tick=False):
            start = timezone.now() + timedelta(milliseconds=1)
        with time_machine.travel(start, tick=False):
            outbox.deliver_all(delivery.activity_id)
            due.refresh_from_db()
            assert due.leased_until is not None
            pauses.append(due.leased_until - start)
    assert pauses[0] < pauses[1] < pauses[2]
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        outbox.deliver_all(delivery.activity_id)
    assert not Delivery.objects.exists()


def test_a_failing_kind_holds_up_no_other(ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch):
    making.follow(ben, ada)
    deliver_all()
    timeline_of(ben)
    post = making.post(ada)
    Delivery.objects.get_or_create(activity_id=post.pk, kind="breaking")
    monkeypatch.setitem(outbox.handlers, "breaking", lambda activity, batch: 1 / 0)
    outbox.deliver_all(post.pk)
    assert read(ben) == [post.pk]
    assert [owed.kind for owed in Delivery.objects.all()] == ["breaking"]


def test_the_followers_of_every_stream_get_it(ada: Person, ben: Person, chi: Person, dan: Person):
    making.follow(ben, ada)
    making.follow(chi, making.topic("statistics"))
    for person in (ben, chi, dan):
        timeline_of(person)
    post = making.post(ada, "On #statistics")
    activity = Activity.objects.get(pk=post.pk)
    fanout.deliver(activity, 0)
    fanout.deliver(activity, 0)
    assert (read(ben), read(chi), read(dan)) == ([post.pk], [post.pk], [])


def test_who_asked_or_reads_only_the_digest_gets_nothing(ada: Person, ben: Person, chi: Person):
    making.follow(ben, ada)
    Follow.objects.update(place=Follow.Place.DIGEST)
    Follow.objects.create(follower=chi, stream=ada.stream, state=Follow.State.REQUESTED)
    timeline_of(ben)
    timeline_of(chi)
    making.post(ada)
    deliver_all()
    assert (read(ben), read(chi)) == ([], [])


def test_followers_come_in_batches(ada: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanout, "FOLLOWERS_A_QUERY", 3)
    followers = [making.person() for _ in range(7)]
    for follower in followers:
        making.follow(follower, ada)
    post = making.post(ada)
    batches = list(fanout.followers_to_push(Activity.objects.get(pk=post.pk).publications.get()))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    assert [id for batch in batches for id in batch] == [follower.pk for follower in followers]


def test_a_thread_that_gains_a_topic_reaches_its_followers(ada: Person, ben: Person, chi: Person):
    making.follow(chi, making.topic("statistics"))
    post = making.post(ada, "On nothing")
    comment = making.comment(ben, post)
    deliver_all()
    timeline_of(chi)
    edits.edit(ada, post, Draft("On #statistics"))
    deliver_all()
    assert read(chi) == [comment.pk, post.pk]
