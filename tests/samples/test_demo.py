"""The demo: it is loaded through the real actions with its own times, once, and only into an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from feeds.notifications import pages
from network import ids
from network.actions import counting
from network.models import Activity, Delivery, Follow, Group, Person, Poll, Post, Topic, User
from samples.demo import loading, script
from samples.demo.play import PASSWORD, VISITOR, Play
from tests.support import factories

pytestmark = pytest.mark.django_db


def shortened() -> script.Script:
    """The demo with a few of its threads: one of the visitor's, one with a poll, and one in a hidden group."""
    whole = script.read()
    chosen = [
        next(thread for thread in whole.threads if thread.poll is not None and thread.quotes == []),
        next(thread for thread in whole.threads if thread.author == VISITOR and thread.audience == "public"),
        next(thread for thread in whole.threads if thread.group == "trainees-corner"),
        next(thread for thread in whole.threads if thread.quotes and thread.resharers),
    ]
    talked_in = {thread.group for thread in chosen}
    return script.Script(
        people=[
            replace(
                person,
                follows=person.follows[:2],
                topics=person.topics[:1],
                digest=person.topics[:1] if person.digest else [],
                lists={title: names[:1] for title, names in person.lists.items()},
            )
            for person in whole.people
        ],
        topics=whole.topics,
        groups=[
            group if group.slug in talked_in else replace(group, members=group.members[:1])
            for group in whole.groups
        ],
        threads=[replace(thread, comments=thread.comments[:4]) for thread in chosen],
    )


@contextmanager
def reading(read: script.Script) -> Iterator[None]:
    """Within this context the demo is `read`, and the process has not created any id yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids._ids, "_last", 0)
        patch.setattr(script, "read", lambda: read)
        yield


@pytest.fixture
def short() -> Iterator[script.Script]:
    made = shortened()
    with reading(made):
        yield made


def run() -> str:
    out = StringIO()
    call_command("demo", stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture(scope="class")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[script.Script]:
    """Load the demo once for all tests of a class. They change nothing in it."""
    made = shortened()
    made.threads[1] = replace(made.threads[1], hours_ago=0.9)
    with django_db_blocker.unblock(), reading(made), transaction.atomic():
        run()
        yield made
        transaction.set_rollback(True)


class TestLoadedDemo:
    """The rows after loading."""

    def test_it_is_loaded_once_and_prints_how_to_sign_in(self, loaded: script.Script) -> None:
        before = Activity.objects.count()
        assert before > 200
        again = run()
        assert "already" in again
        assert VISITOR in again
        assert PASSWORD in again
        assert Activity.objects.count() == before

    def test_everybody_can_sign_in(self, loaded: script.Script) -> None:
        assert User.objects.count() == len(loaded.people) == 40
        assert all(check_password(PASSWORD, user.password) for user in User.objects.all()[:2])
        assert {user.person.handle for user in User.objects.all()} == {
            person.handle for person in loaded.people
        }

    def test_all_rows_exist_with_their_own_times(self, loaded: script.Script) -> None:
        now = timezone.now()
        assert Topic.objects.filter(alias_of=None).count() == 15
        assert Group.objects.count() == 8
        for thread in loaded.threads:
            post = Post.objects.get(
                author__handle=thread.author, parent=None, text=thread.text.strip(), quotes=None
            )
            assert abs(now - post.published_at - timedelta(hours=thread.hours_ago)) < timedelta(minutes=5)
            assert post.likes_count == len(thread.thanks)
            assert post.reshares_count == len(thread.resharers)
            assert post.comments_count == len(thread.comments)
        assert all(activity.at <= now for activity in Activity.objects.all())
        assert Poll.objects.get().is_open
        assert Poll.objects.get().voters_count > 2
        assert Follow.objects.filter(stream__group__slug="river-watch", state="requested").count() == 1
        assert list(counting.recount(mend=False)) == []

    def test_the_visitor_has_notifications_and_no_old_delivery_is_pending(
        self, loaded: script.Script
    ) -> None:
        visitor = Person.objects.get(handle=VISITOR)
        assert pages.unread(visitor) > 0
        assert pages.of(visitor).exclude(read_at=None).exists()
        hour_ago = timezone.now() - timedelta(hours=1, minutes=2)
        assert all(
            delivery.activity.at > hour_ago for delivery in Delivery.objects.select_related("activity")
        )
        assert set(Delivery.objects.values_list("kind", flat=True)) <= {"notifications"}

    def test_the_visitor_has_lists(self, loaded: script.Script) -> None:
        own = Person.objects.get(handle=VISITOR).lists.order_by("name")
        inside = {one.name: [follow.stream.group.name for follow in one.follows.all()] for one in own}
        assert inside == {"After school": ["Between Languages"], "Other trainees": ["Trainees’ Corner"]}

    def test_the_visitor_has_a_digest_and_watches(self, loaded: script.Script) -> None:
        visitor = Person.objects.get(handle=VISITOR)
        assert visitor.follows.filter(place=Follow.Place.DIGEST).count() == 1
        watched = visitor.watches.exclude(stream=None).values_list(
            "stream__group__slug", "stream__person__handle"
        )
        assert sorted(map(str, watched)) == ["('river-watch', None)", "(None, 'amara')"]


def test_it_refuses_a_database_in_use(short: script.Script) -> None:
    factories.post(factories.person("ada"))
    with pytest.raises(CommandError, match="bin/run --demo"):
        run()
    assert Person.objects.count() == 1


def test_an_error_in_the_script_is_named_and_nothing_is_loaded(short: script.Script) -> None:
    short.people[0] = replace(short.people[0], follows=["nobody.of.this.name"])
    with pytest.raises(KeyError) as failed:
        run()
    assert failed.value.__notes__ == ["in the demo: noor follows nobody.of.this.name"]
    assert not Person.objects.exists()


def test_times_in_the_future_become_times_just_before_now(short: script.Script) -> None:
    now = timezone.now()
    short.threads[0] = replace(short.threads[0], hours_ago=0.5)
    acts = Play(short, now).acts()
    assert all(act.moment < now for act in acts)
    assert acts == sorted(acts, key=lambda act: act.moment)


@pytest.mark.slow
def test_the_whole_demo_breaks_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids._ids, "_last", 0)
    whole = script.read()
    loading.load(whole, timezone.now(), lambda done, total: None)
    comments = sum(len(thread.comments) for thread in whole.threads)
    quotes = sum(len(thread.quotes) for thread in whole.threads)
    assert Post.objects.count() == len(whole.threads) + comments + quotes
    assert list(counting.recount(mend=False)) == []
