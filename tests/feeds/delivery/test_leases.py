"""Leases: a job is done by one worker at a time, and another does it when the worker died or failed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db.models import Q
from django.utils import timezone

from feeds.delivery import outbox
from feeds.delivery.leases import MAX_TRIES, Leases
from feeds.mail import outgoing
from feeds.models import Letter
from network.models import Delivery, Person
from network.models.jobs import LeasedJob
from tests.support import factories
from tests.support.feeds.delivering import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["outbox", "mail"])
def leases(request: pytest.FixtureRequest) -> Leases:
    return outbox.LEASES if request.param == "outbox" else outgoing.LEASES


@pytest.fixture
def job(leases: Leases, ada: Person) -> LeasedJob:
    """The one job that there is."""
    deliver_all()
    post = factories.post(ada)
    Delivery.objects.exclude(kind="timelines").delete()
    Letter.objects.create(person=ada, kind=Letter.Kind.NOTICES, due_at=timezone.now())
    assert Delivery.objects.get().activity_id == post.pk
    return leases.jobs.get()


def later(time: timedelta) -> time_machine.travel:
    return time_machine.travel(timezone.now() + time, tick=False)


def test_a_job_is_free_until_a_worker_takes_it(leases: Leases, job: LeasedJob):
    assert list(leases.free()) == [job]
    assert leases.take([job]) == [job]
    assert not leases.free().exists()
    assert leases.take([job]) == []


def test_two_workers_at_one_moment_do_not_both_get_a_job(leases: Leases, job: LeasedJob):
    with time_machine.travel(timezone.now(), tick=False):
        assert leases.take([leases.jobs.get()]) == [job]
        assert leases.take([leases.jobs.get()]) == []


def test_only_free_jobs_are_taken(ada: Person):
    deliver_all()
    factories.post(ada)
    first, *others = Delivery.objects.order_by("pk")
    assert others, "a post has several deliveries"
    assert outbox.LEASES.take([first]) == [first]
    assert outbox.LEASES.take([first, *others]) == others


def test_an_expired_lease_is_free_again(leases: Leases, job: LeasedJob):
    leases.take([job])
    with later(leases.duration - timedelta(seconds=1)):
        assert leases.take([job]) == []
    with later(leases.duration + timedelta(seconds=1)):
        assert leases.take([job]) == [job]


def test_a_job_that_changed_meanwhile_is_not_taken(job: LeasedJob, leases: Leases):
    assert leases.take([job], Q(tries=5)) == []
    assert leases.jobs.get().tries == 0
    assert leases.take([job], Q(tries=0)) == [job]


def test_pauses_double_up_to_the_longest(leases: Leases, job: LeasedJob):
    pauses = []
    for _ in range(12):
        [taken] = leases.take([leases.jobs.get()])
        with time_machine.travel(timezone.now(), tick=False):
            leases.delay(taken)
            until = leases.jobs.get().leased_until
            assert until is not None
            pauses.append(until - timezone.now())
        leases.jobs.update(leased_until=None)
    expected = [min(leases.first_pause * 2**tries, leases.longest_pause) for tries in range(12)]
    assert pauses == expected
    assert pauses[0] < pauses[1] < pauses[2] < pauses[-1]


def test_a_job_that_waits_after_a_failure_is_not_free(leases: Leases, job: LeasedJob):
    leases.jobs.update(tries=20)
    [taken] = leases.take([leases.jobs.get()])
    leases.delay(taken)
    with later(leases.longest_pause - timedelta(seconds=1)):
        assert not leases.free().exists()
    with later(leases.longest_pause + timedelta(seconds=1)):
        assert list(leases.free()) == [job]


def test_a_job_that_is_given_back_was_not_tried(leases: Leases, job: LeasedJob):
    leases.jobs.update(tries=3)
    [taken] = leases.take([leases.jobs.get()])
    assert (taken.tries, leases.jobs.get().tries) == (4, 4)
    leases.give_back(taken)
    assert leases.jobs.get().tries == 3
    assert list(leases.free()) == [job]


def test_tries_never_outgrow_their_column(leases: Leases, job: LeasedJob):
    leases.jobs.update(tries=MAX_TRIES)
    [taken] = leases.take([leases.jobs.get()])
    assert leases.jobs.get().tries == taken.tries == MAX_TRIES
    assert leases.pause(taken.tries) == leases.longest_pause


@pytest.mark.parametrize("fails", [False, True])
def test_a_clock_that_is_set_back_delays_no_job(leases: Leases, job: LeasedJob, fails: bool):
    leases.jobs.update(tries=20)
    with later(timedelta(days=1)):
        [taken] = leases.take([leases.jobs.get()])
        if fails:
            leases.delay(taken)
    assert list(leases.free()) == [job]


def test_taking_costs_one_query_where_all_are_free(leases: Leases, job: LeasedJob, django_assert_num_queries):
    with django_assert_num_queries(1):
        leases.take([job])
    with django_assert_num_queries(0):
        leases.take([])
