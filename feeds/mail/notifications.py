"""The letter of notices: a person's unread notifications that wait for mail, in the lines of the page."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import ngettext

from feeds.mail import composition
from feeds.mail.outgoing import Composed
from feeds.models import Letter, Mailing, Notification
from feeds.notifications import grouping
from feeds.notifications.filters import is_shown
from feeds.notifications.rendering import plain
from network.queries.parameters import PERSON, ParameterList

MOST = 30  # lines in one letter; the others are counted


def write(letter: Letter, now: datetime) -> Composed:
    """Write the letter, without what the person has read or may not see any more. It may have no message."""
    person = letter.person
    pending = Notification.objects.filter(person=person, by_mail=True)
    pending_ids = tuple(pending.values_list("pk", flat=True))
    mailing = getattr(person, "mailing", None)
    email = composition.address_of(person)
    if email is None or mailing is None or mailing.notices == Mailing.Every.NEVER:
        return Composed(None, pending_ids)
    lines = grouping.lines(person, MOST + 1, _to_mail, pending=pending_ids)
    if not lines:
        return Composed(None, pending_ids)
    with translation.override(settings.LANGUAGE_CODE):
        subject = plain(lines[0])
        if len(lines) > 1:
            more = ngettext("%(first)s, and %(n)d more", "%(first)s, and %(n)d more", len(lines) - 1)
            subject = more % {"first": subject, "n": len(lines) - 1}
    context = {"lines": lines[:MOST], "is_cut": len(lines) > MOST}
    return Composed(composition.letter(person, email, letter.kind, subject, context), pending_ids)


def _to_mail() -> QuerySet[Notification]:
    """The unread notifications of PERSON that wait for mail, of those in a parameter."""
    rows = Notification.objects.filter(is_shown(PERSON), pk__in=ParameterList("pending"), read_at=None)
    return grouping.within(rows, Notification.objects.filter(person=PERSON, by_mail=True))
