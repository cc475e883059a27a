"""`feeds check` reports differences and fails; `feeds repair` repairs them and delivers what is pending."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import redis
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from feeds import metrics, tasks
from feeds.operations import checking
from feeds.operations.checking import Difference, Fault
from feeds.reading import home
from feeds.timelines import store
from network.models import Delivery, Person
from tests.support import factories
from tests.support.feeds.delivering import deliver_all


def feeds(*words: str) -> str:
    out = StringIO()
    try:
        call_command("feeds", *words, stdout=out, stderr=StringIO())
    except CommandError as error:
        out.write(f"FAILED with {error.returncode}: {error}")
    return out.getvalue()


def home_of(person: Person) -> list[int]:
    return [entry.id for entry in home.slots(factories.fresh(person)).entries]


@pytest.fixture
def lost(ada: Person, ben: Person) -> int:
    """A post by Ada that Ben never got, and that has no pending delivery."""
    factories.follow(ben, ada)
    deliver_all()
    home_of(ben)
    post = factories.post(ada)
    Delivery.objects.all().delete()
    return post.pk


def test_check_reports_differences_and_changes_nothing(lost: int, ben: Person):
    for _ in range(2):
        said = feeds("check", "--all")
        assert f"@ben: {lost} is missing from the timeline of their home" in said
        assert f"@ben: {lost} is missing from their home" in said
        assert said.endswith("FAILED with 1: 1 of 2 homes differ.")
    assert home_of(ben) == []


def test_check_takes_handles(lost: int):
    assert feeds("check", "ada") == "1 homes looked at: nothing differs.\n"
    assert "1 of 1 homes differ" in feeds("check", "ben")
    assert feeds("check", "nobody") == "FAILED with 1: There is nobody called nobody."


def test_repair_rebuilds_what_differs_and_reports_it(lost: int, ben: Person):
    assert feeds("repair", "--sample", "9").endswith(
        "FAILED with 1: 1 of 2 homes differed; built anew, 0 still do."
    )
    assert home_of(ben) == [lost]
    assert feeds("repair", "--all") == "2 homes looked at: nothing differs.\n"


def test_repair_reports_what_still_differs(lost: int, ben: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "look", lambda person: {Difference(person, person, lost, Fault.WRONG)})
    assert feeds("repair", "ben").endswith("FAILED with 1: 1 of 1 homes differed; built anew, 1 still do.")


def test_repair_delivers_what_is_pending(ada: Person, ben: Person):
    factories.follow(ben, ada)
    deliver_all()
    home_of(ben)
    post = factories.post(ada)
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        assert feeds("repair", "ben").endswith("nothing differs.\n")
    assert not Delivery.objects.exists()
    assert home_of(ben) == [post.pk]


def test_without_redis_there_is_nothing_to_check(ben: Person, monkeypatch: pytest.MonkeyPatch):
    def away(*_: object) -> None:
        raise redis.ConnectionError("away")

    monkeypatch.setattr(store, "without_extending_ttl", away)
    assert feeds("check", "ben").startswith("FAILED with 1: Redis does not answer")


def test_the_beat_repairs_a_sample_and_records_it(lost: int, ben: Person, caplog: pytest.LogCaptureFixture):
    tasks.repair_sample()
    assert f"entry={lost}" in caplog.text
    assert home_of(ben) == [lost]
    said = metrics.read()
    assert (said["check.people"], said["check.differences"], said["check.found"]) == (2, 2, 2)
    tasks.repair_sample()
    said = metrics.read()
    assert (said["check.people"], said["check.differences"], said["check.found"]) == (2, 0, 2)


def test_status_reports_in_sentences(lost: int, ada: Person):
    assert feeds("status").startswith("Nothing is owed.\n")
    tasks.repair_sample()
    factories.post(ada)
    said = feeds("status")
    assert "timelines: 1 owed; the oldest for 0 s." in said
    assert "2 differences with 2 people; 2 in all checks." in said
