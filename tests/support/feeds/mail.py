"""Mails in tests: people who want them, sending them, and reading them."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from feeds.actions import choices
from feeds.mail import outgoing
from feeds.models import Mailing
from network.models import Person
from tests.support import factories
from tests.support.feeds.notifications import notify_all

SITE = "https://kith.example"
Every = Mailing.Every


def subscriber(
    handle: str,
    name: str,
    *,
    notices: Every = Every.NEVER,
    digest: Every = Every.NEVER,
    confirmed: bool = True,
) -> Person:
    """A person with an address, who asked for these mails."""
    user = factories.user(handle)
    Person.objects.filter(pk=user.person.pk).update(name=name)
    EmailAddress.objects.create(user=user, email=f"{handle}@mail.example", verified=confirmed, primary=True)
    choices.ask_for(user.person, notices=notices, digest=digest, whole=False)
    return factories.fresh(user.person)


def later(**ago: float) -> time_machine.travel:
    """Travel forward in time, by the arguments of a timedelta."""
    return time_machine.travel(timezone.now() + timedelta(**ago), tick=False)


def notify_and_send() -> None:
    """Notify people, and send the mails of those who want notifications soon."""
    notify_all()
    outgoing.enqueue()
    with later(minutes=6):
        outgoing.send()


def parts(letter: EmailMessage) -> tuple[str, str]:
    """The two alternatives of a mail: plain text, then HTML."""
    assert letter.get_content_type() == "multipart/alternative"
    plain, html = letter.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"
    return plain.get_content().replace("\r\n", "\n"), html.get_content()
