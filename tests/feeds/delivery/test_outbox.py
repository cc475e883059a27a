"""The outbox: pending deliveries are done, also after a worker died or failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from feeds.delivery import outbox
from network.models import Activity, Delivery, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all, handle_with
from tests.support.feeds.timelines import build_empty, stored


@pytest.fixture
def delivery(ada: Person, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """The only pending delivery: a post to timelines."""
    deliver_all()
    post = factories.post(ada)
    Delivery.objects.exclude(kind="timelines").delete()
    return Delivery.objects.get(activity=post.pk)


def test_a_delivery_that_is_done_is_deleted(delivery: Delivery):
    outbox.deliver_all(delivery.activity_id)
    assert not Delivery.objects.exists()


def test_a_leased_delivery_is_left_alone(delivery: Delivery):
    assert outbox.lease([delivery])
    assert not outbox.lease([delivery])
    outbox.deliver_all(delivery.activity_id)
    assert Delivery.objects.filter(pk=delivery.pk).exists()


def test_only_free_deliveries_are_leased(ada: Person):
    deliver_all()
    factories.post(ada)
    first, *others = Delivery.objects.order_by("pk")
    assert others, "a post has more than one delivery"
    assert outbox.lease([first]) == [first]
    assert outbox.lease([first, *others]) == others


def test_the_sweeper_does_the_delivery_of_a_dead_worker(delivery: Delivery):
    outbox.lease([delivery])
    assert outbox.sweep() == 0
    with time_machine.travel(timezone.now() + outbox.LEASE + timedelta(seconds=11)):
        assert outbox.sweep() == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("leased", [True, False])
def test_a_clock_that_is_set_back_delays_nothing(delivery: Delivery, leased: bool):
    if leased:
        outbox.lease([delivery])
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        assert outbox.sweep() == 1
    assert not Delivery.objects.exists()


def test_the_sweeper_leaves_fresh_deliveries_alone(delivery: Delivery):
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
    assert pauses[-1] <= timedelta(seconds=30), "after a long fault all is delivered within a minute"
    monkeypatch.undo()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        outbox.deliver_all(delivery.activity_id)
    assert not Delivery.objects.exists()


def test_a_delivery_that_failed_for_days_delays_no_other(
    ada: Person, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
):
    Delivery.objects.filter(pk=delivery.pk).update(tries=32767)  # the most that the column takes
    handle_with(monkeypatch, "breaking", lambda activity, batch: 1 / 0)
    Delivery.objects.filter(pk=delivery.pk).update(kind="breaking")
    factories.post(ada)
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        assert outbox.sweep() > 0
    assert [pending.kind for pending in Delivery.objects.all()] == ["breaking"]


def test_a_failing_kind_delays_no_other(ada: Person, ben: Person, monkeypatch: pytest.MonkeyPatch):
    factories.follow(ben, ada)
    deliver_all()
    build_empty(ben)
    post = factories.post(ada)
    Delivery.objects.get_or_create(activity_id=post.pk, kind="breaking")
    handle_with(monkeypatch, "breaking", lambda activity, batch: 1 / 0)
    outbox.deliver_all(post.pk)
    assert stored(ben) == [post.pk]
    assert [pending.kind for pending in Delivery.objects.all()] == ["breaking"]


def commits_to_disk() -> bool:
    on_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if on_postgresql else "PRAGMA synchronous")
        return cursor.fetchone()[0] in ("on", 2)


@pytest.mark.django_db(transaction=True)
def test_leases_and_deletions_commit_asynchronously_and_handlers_do_not(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")  # the server of the tests has it off
    own, delivering = [], []

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if "network_delivery" in sql and not sql.startswith("SELECT"):
            own.append(commits_to_disk())
        return result

    def enqueue_another(activity: Activity, batch: int) -> None:
        outbox.enqueue(activity, "others", 1)
        delivering.append(commits_to_disk())

    handle_with(monkeypatch, "timelines", enqueue_another)
    with connection.execute_wrapper(look):
        outbox.deliver_all(delivery.activity_id)
    assert own == [False] * 3, "a lease, another batch, a deletion"
    assert delivering == [connection.vendor == "postgresql"]
