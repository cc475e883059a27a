"""Stopping letters: by the link in a letter, or by one click in a mail program."""

from __future__ import annotations

import pytest
from django.test import Client

from feeds.mail import composition, outgoing
from feeds.models import Letter, Mailing, Notification
from network.models import Person
from tests.support import factories
from tests.support.feeds.mail import later, subscriber
from tests.support.feeds.notifications import notify_all
from tests.support.feeds.sink import Sink

Every, Kind = Mailing.Every, Letter.Kind
pytestmark = pytest.mark.django_db


class TestStopping:
    @pytest.fixture
    def browser(self) -> Client:
        """A browser without a session. The server checks the tokens of its forms."""
        return Client(enforce_csrf_checks=True)

    def path(self, person: Person, kind: str) -> str:
        return f"/letters/{composition.stop_token(person, kind)}/stop"

    def test_one_click_in_a_mail_program(self, browser: Client, noor: Person) -> None:
        answer = browser.post(self.path(noor, "notices"), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert Mailing.objects.get(person=noor).notices == Every.NEVER
        assert browser.post(self.path(noor, "notices")).status_code == 200

    def test_reading_the_page_stops_nothing(self, browser: Client, noor: Person) -> None:
        page = browser.get(self.path(noor, "notices")).content.decode()
        assert "Stop these letters?" in page
        assert "<button" in page
        browser.head(self.path(noor, "notices"))
        assert Mailing.objects.get(person=noor).notices == Every.SOON

    def test_one_kind_is_stopped_and_the_other_is_not(self, browser: Client) -> None:
        both = subscriber("both", "Both", notices=Every.DAY, digest=Every.WEEK)
        browser.post(self.path(both, "digest"))
        mailing = Mailing.objects.get(person=both)
        assert (mailing.notices, mailing.digest) == (Every.DAY, Every.NEVER)
        assert not Letter.objects.filter(kind=Kind.DIGEST).exists()

    def test_a_forged_token_stops_nothing(self, browser: Client, noor: Person, ada: Person) -> None:
        token = composition.stop_token(noor, "notices")
        forged = [token.replace(str(noor.pk), str(ada.pk)), token[:-1], f"{token}x", "notices", "a.b.c"]
        for each in forged:
            assert browser.post(f"/letters/{each}/stop").status_code == 404
            assert browser.get(f"/letters/{each}/stop").status_code == 404
        assert Mailing.objects.get(person=noor).notices == Every.SOON

    def test_pending_letters_are_dropped(
        self, sink: Sink, browser: Client, noor: Person, ada: Person
    ) -> None:
        factories.post(ada, "Is it so, @noor?")
        notify_all()
        outgoing.enqueue()
        browser.post(self.path(noor, "notices"))
        assert not Notification.objects.filter(by_mail=True).exists()
        with later(days=2):
            outgoing.enqueue()
            outgoing.send()
        assert sink.raw == []
