"""Letters go to people who asked for them, when they asked, with what they may still see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from feeds import tasks
from feeds.mail import outgoing
from feeds.models import Letter, Mailing, Notification
from feeds.notifications import notify
from network.actions import blocks, people, posts
from network.models import Person
from tests.support import factories
from tests.support.feeds.mail import later, notify_and_send, subscriber
from tests.support.feeds.notifications import notify_all
from tests.support.feeds.sink import Sink

Every = Mailing.Every
pytestmark = pytest.mark.django_db


class TestRecipients:
    def test_not_without_a_confirmed_address(self, sink: Sink, ada: Person) -> None:
        subscriber("unsure", "Unsure", notices=Every.SOON, confirmed=False)
        factories.post(ada, "Is it so, @unsure?")
        notify_and_send()
        assert sink.raw == []
        assert not Letter.objects.exists()
        assert not Notification.objects.filter(by_mail=True).exists()

    def test_not_without_asking(self, sink: Sink, ada: Person) -> None:
        subscriber("quiet", "Quiet")
        factories.post(ada, "Is it so, @quiet?")
        notify_and_send()
        assert sink.raw == []

    def test_not_for_a_closed_account(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "Is it so, @noor?")
        factories.User.objects.filter(person=noor).update(is_active=False)
        notify_and_send()
        assert sink.raw == []

    @pytest.mark.parametrize(
        "hide",
        [
            lambda noor, ada, post: posts.delete(ada, post),
            lambda noor, ada, post: blocks.block(ada, noor),
            lambda noor, ada, post: notify.mark_all_read(noor, post.pk),
        ],
        ids=["deleted", "blocked", "seen in Kith"],
    )
    def test_notifications_deleted_hidden_or_read_before_the_letter_is_sent(
        self, sink: Sink, noor: Person, ada: Person, hide: Callable[..., Any]
    ) -> None:
        post = factories.post(ada, "Is it so, @noor?")
        notify_all()
        outgoing.enqueue()
        hide(noor, ada, post)
        with later(minutes=6):
            outgoing.send()
        assert sink.raw == []
        assert not Letter.objects.exists()


class TestDueTimes:
    def test_soon_collects_for_some_minutes(self, sink: Sink, noor: Person, ada: Person) -> None:
        factories.post(ada, "First, @noor.")
        notify_all()
        tasks.send_letters()
        assert sink.raw == []
        with later(minutes=4):
            factories.post(ada, "Second, @noor.")
            notify_all()
            tasks.send_letters()
            assert sink.raw == []
        with later(minutes=6):
            tasks.send_letters()
        assert len(sink.raw) == 1
        assert "and 1 more" in sink.letters[0]["Subject"]

    def test_daily_is_once_each_morning(self, sink: Sink, ada: Person, settings: Any) -> None:
        settings.MAIL_HOUR = 6
        with time_machine.travel("2027-03-03T05:30:00Z", tick=False):
            subscriber("daily", "Daily", notices=Every.DAY)
            factories.post(ada, "First, @daily.")
            notify_all()
            tasks.send_letters()
        assert sink.raw == []
        with time_machine.travel("2027-03-03T06:01:00Z", tick=False):
            tasks.send_letters()
            assert len(sink.raw) == 1
            factories.post(ada, "Second, @daily.")
            notify_all()
            tasks.send_letters()
        with time_machine.travel("2027-03-04T05:59:00Z", tick=False):
            tasks.send_letters()
            assert len(sink.raw) == 1
        with time_machine.travel("2027-03-04T06:00:00Z", tick=False):
            tasks.send_letters()
            assert len(sink.raw) == 2

    @pytest.mark.parametrize(
        ("every", "now", "then"),
        [
            (Every.DAY, "2027-03-03T05:59:00Z", "2027-03-03T06:00:00Z"),
            (Every.DAY, "2027-03-03T06:00:00Z", "2027-03-04T06:00:00Z"),
            (Every.WEEK, "2027-03-03T12:00:00Z", "2027-03-08T06:00:00Z"),
            (Every.WEEK, "2027-03-08T05:00:00Z", "2027-03-08T06:00:00Z"),
            (Every.WEEK, "2027-03-08T07:00:00Z", "2027-03-15T06:00:00Z"),
        ],
    )
    def test_mornings_and_mondays(self, settings: Any, every: Every, now: str, then: str) -> None:
        settings.MAIL_HOUR = 6
        moment = timezone.datetime.fromisoformat
        assert outgoing.due(every, moment(now)) == moment(then)

    @pytest.mark.parametrize(
        ("zone", "every", "now", "then"),
        [
            ("Asia/Tokyo", Every.DAY, "2027-03-03T20:00:00Z", "2027-03-03T21:00:00Z"),
            ("America/Los_Angeles", Every.DAY, "2027-03-03T13:00:00Z", "2027-03-03T14:00:00Z"),
            # Monday has begun in Auckland, where Sunday evening is in UTC.
            ("Pacific/Auckland", Every.WEEK, "2027-03-07T12:00:00Z", "2027-03-07T17:00:00Z"),
            # The clocks went forward in the night, and back in another.
            ("Europe/Berlin", Every.DAY, "2027-03-27T12:00:00Z", "2027-03-28T04:00:00Z"),
            ("Europe/Berlin", Every.DAY, "2027-10-30T12:00:00Z", "2027-10-31T05:00:00Z"),
            ("No/Where", Every.DAY, "2027-03-03T05:00:00Z", "2027-03-03T06:00:00Z"),
        ],
    )
    def test_mornings_in_the_time_zone_of_the_person(
        self, settings: Any, zone: str, every: Every, now: str, then: str
    ) -> None:
        settings.MAIL_HOUR = 6
        moment = timezone.datetime.fromisoformat
        assert outgoing.due(every, moment(now), zone) == moment(then)

    def test_a_daily_letter_comes_in_the_morning_of_the_person(
        self, sink: Sink, ada: Person, settings: Any
    ) -> None:
        settings.MAIL_HOUR = 6
        with time_machine.travel("2027-03-03T12:00:00Z", tick=False):
            people.follow_device(
                subscriber("hana", "Hana", notices=Every.DAY, digest=Every.DAY), "Asia/Tokyo"
            )
            factories.post(ada, "Good morning, @hana.")
            notify_all()
            tasks.send_letters()
        with time_machine.travel("2027-03-03T20:59:00Z", tick=False):
            tasks.send_letters()
        assert sink.raw == []
        with time_machine.travel("2027-03-03T21:00:00Z", tick=False):
            tasks.send_letters()
        [letter] = sink.letters
        assert "March 3, 2027, 9 p.m. JST" in letter.get_body(("html",)).get_content()
