"""A letter is sent once: while the mail server fails, and while workers die or meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feeds.mail import outgoing
from feeds.models import Letter, Mailing, Notification
from network.models import Person
from tests.support import factories
from tests.support.feeds.mail import later, subscriber
from tests.support.feeds.notifications import notify_all
from tests.support.feeds.sink import Sink, listening

Every, Kind = Mailing.Every, Letter.Kind
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands for the end of a worker in the middle of its work."""


class TestFaults:
    @pytest.fixture
    def pending(self, noor: Person, ada: Person, closed_sink: Sink) -> Iterator[None]:
        """A letter is due."""
        factories.post(ada, "Is it so, @noor?")
        notify_all()
        outgoing.enqueue()
        with later(minutes=6):
            yield

    def test_letters_stay_due_while_the_mail_server_is_away(self, pending: None, closed_sink: Sink) -> None:
        assert outgoing.send() == 0
        assert Letter.objects.get().leased_until is None
        with listening(closed_sink):
            assert outgoing.send() == 1
            assert outgoing.send() == 0
        assert len(closed_sink.raw) == 1

    def test_a_temporary_refusal_is_tried_again(self, pending: None, sink: Sink) -> None:
        sink.says = "451 Come back"
        assert outgoing.send() == 0
        sink.says = "250 OK"
        assert outgoing.send() == 0
        with later(minutes=2):
            assert outgoing.send() == 1
        assert len(sink.raw) == 1

    def test_a_permanent_refusal_is_not_tried_again(self, pending: None, sink: Sink) -> None:
        sink.says = "550 No such mailbox"
        assert outgoing.send() == 0
        sink.says = "250 OK"
        with later(days=2):
            outgoing.enqueue()
            assert outgoing.send() == 0
        assert not Notification.objects.filter(by_mail=True).exists()

    def test_a_worker_killed_before_sending_loses_nothing(
        self, pending: None, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(outgoing, "_dequeue", kill)
            with pytest.raises(Killed):
                outgoing.send()
        assert outgoing.send() == 0  # it is leased
        with later(minutes=3):
            assert outgoing.send() == 1
            assert outgoing.send() == 0
        assert len(sink.raw) == 1

    def test_a_worker_killed_while_sending_sends_nothing_twice(
        self, pending: None, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("django.core.mail.backends.smtp.EmailBackend.send_messages", kill)
            with pytest.raises(Killed):
                outgoing.send()
        with later(days=1):
            outgoing.enqueue()
            assert outgoing.send() == 0
        assert sink.raw == []

    def test_two_workers_send_a_letter_once(
        self, pending: None, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = outgoing.writers[Kind.NOTICES]
        looked_up_before = Letter.objects.get()

        def write_while_another_looks(letter: Letter, now: Any) -> outgoing.Composed:
            monkeypatch.setitem(outgoing.writers, Kind.NOTICES, write)
            assert outgoing.send() == 0
            assert not outgoing._lease(looked_up_before)
            return write(letter, now)

        monkeypatch.setitem(outgoing.writers, Kind.NOTICES, write_while_another_looks)
        assert outgoing.send() == 1
        assert len(sink.raw) == 1

    def test_a_letter_that_fails_does_not_stop_others(
        self, pending: None, sink: Sink, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        subscriber("other", "Other", notices=Every.SOON)
        factories.post(ada, "And you, @other?")
        notify_all()
        outgoing.enqueue()
        Letter.objects.filter(person__handle="noor").update(tries=100)  # it has failed for weeks
        write = outgoing.writers[Kind.NOTICES]

        def stumble(letter: Letter, now: Any) -> outgoing.Composed:
            if letter.person.handle == "noor":
                raise ValueError
            return write(letter, now)

        monkeypatch.setitem(outgoing.writers, Kind.NOTICES, stumble)
        with later(minutes=6):
            assert outgoing.send() == 1
        assert sink.to == ["other@mail.example"]
        assert Letter.objects.get().tries == 101


def kill(*args: Any) -> None:
    raise Killed
