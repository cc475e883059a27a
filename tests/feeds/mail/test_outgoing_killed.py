"""A worker process that is killed while it has a letter: nothing is lost or sent twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from feeds.mail import outgoing
from feeds.models import Letter, Mailing
from tests.support import factories
from tests.support.feeds.mail import subscriber
from tests.support.feeds.notifications import notify_all
from tests.support.feeds.sink import Sink
from tests.support.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pending(sink: Sink) -> None:
    """A letter is due now."""
    subscriber("noor", "Nōor", notices=Mailing.Every.SOON)
    factories.post(factories.person("ada"), "Is it so, @noor?")
    notify_all()
    outgoing.enqueue()
    Letter.objects.update(due_at=timezone.now())


@contextmanager
def another_worker(work: Callable[[], object]) -> Iterator[None]:
    """Run `work` in another process, and kill this process at the end of the block."""
    inherited = [connection.connection for connection in connections.all()]
    child = os.fork()
    if child == 0:
        for connection in connections.all():
            connection.connection = None  # the parent's; closing it here would close it there
        work()
        os._exit(bool(inherited))
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_killed_before_the_mail_server_answers(pending: None, sink: Sink) -> None:
    sink.stalls = True
    with another_worker(outgoing.send):
        wait_until(lambda: sink.raw, "the letter has reached the mail server")
    sink.stalls = False
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        outgoing.enqueue()
        assert outgoing.send() == 0
    assert len(sink.raw) == 1


def test_killed_while_composing(
    pending: None, sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"

    def stall(letter: Letter, now: datetime) -> outgoing.Composed:
        begun.touch()
        while True:
            time.sleep(1)

    with monkeypatch.context() as patch:
        patch.setitem(outgoing.writers, Letter.Kind.NOTICES, stall)
        with another_worker(outgoing.send):
            wait_until(begun.exists, "the other worker has leased the letter")
    assert outgoing.send() == 0  # it is leased
    with time_machine.travel(timezone.now() + outgoing.LEASE, tick=False):
        assert outgoing.send() == 1
    assert len(sink.raw) == 1
