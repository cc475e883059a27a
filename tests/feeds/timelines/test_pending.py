"""The backlog: its age, what homes show while it is late, and its metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from feeds import metrics
from feeds.delivery import backlog, outbox
from feeds.operations.status import status
from feeds.reading import home
from feeds.timelines import pending, store
from network.actions import edits
from network.actions.drafts import Draft
from network.models import Delivery, Follow, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all

LATER = backlog.LATE + timedelta(seconds=1)


@contextmanager
def later() -> Iterator[None]:
    """Let a little more time pass than LATE, and measure again."""
    backlog.forget()
    with time_machine.travel(timezone.now() + LATER, tick=False):
        yield
    backlog.forget()


@pytest.fixture
def reader(ada: Person, ben: Person) -> Person:
    factories.follow(ben, ada)
    factories.follow(ben, factories.topic("tides"), comments=Follow.Comments.ALL)
    deliver_all()
    home.slots(factories.fresh(ben))
    return factories.fresh(ben)


def read(person: Person) -> list[int]:
    return [entry.id for entry in home.slots(factories.fresh(person)).entries]


def test_an_empty_backlog_has_no_age(reader: Person, ada: Person):
    factories.post(ada)
    deliver_all()
    backlog.forget()
    assert backlog.age() == timedelta()


def test_the_age_is_that_of_the_oldest_pending_delivery_to_timelines(reader: Person, ada: Person):
    factories.post(ada)
    Delivery.objects.exclude(kind=backlog.KIND).delete()
    first = factories.post(ada)
    factories.post(ada)
    Delivery.objects.filter(activity__lt=first.pk).delete()
    moment = timezone.now() + timedelta(seconds=30)
    backlog.forget()
    with time_machine.travel(moment, tick=False):
        assert timedelta(seconds=29) < backlog.age() <= timedelta(seconds=31)


def test_other_kinds_of_delivery_do_not_count(reader: Person, ada: Person):
    factories.post(ada)
    Delivery.objects.create(activity_id=factories.post(ada).pk, kind="other")
    Delivery.objects.filter(kind=backlog.KIND).delete()
    with later():
        assert not backlog.is_late()


def test_a_process_measures_once_in_two_seconds(reader: Person, django_assert_num_queries):
    backlog.forget()
    with django_assert_num_queries(1):
        for _ in range(5):
            backlog.is_late()


def test_a_pending_delivery_that_is_not_late_is_not_merged(reader: Person, ada: Person):
    factories.post(ada)
    backlog.forget()
    if not backlog.is_late():
        assert read(reader) == []


def test_a_home_has_late_deliveries(reader: Person, ada: Person):
    post = factories.post(ada)
    with later():
        assert read(reader) == [post.pk]
        stored = store.read(reader.pk, reader.generation)
        assert stored is not None
        assert list(stored.ids) == [], "the delivery is still pending"


def test_a_late_thread_that_gained_a_topic_is_there_as_a_whole(reader: Person, dan: Person):
    post = factories.post(dan, "On nothing")
    comment = factories.comment(dan, post)
    deliver_all()
    edits.edit(dan, post, Draft("On #tides"))
    with later():
        assert read(reader) == [comment.pk]


def test_below_the_merged_ids_the_database_answers(reader, ada, monkeypatch):
    monkeypatch.setattr(pending, "MOST", 3)
    said = [factories.post(ada).pk for _ in range(8)]
    with later():
        assert read(reader) == said[::-1]


def test_deliveries_are_measured(reader: Person, ada: Person):
    metrics.send()
    metrics.client().delete(metrics.KEY)
    fresh = factories.post(ada)
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=False):
        outbox.deliver_all(fresh.pk)
    metrics.send()
    measured = status().lags[backlog.KIND]
    assert 19 < measured.last < 25
    assert (measured.count, measured.upto[10.0], measured.upto[30.0]) == (1, 0, 1)
