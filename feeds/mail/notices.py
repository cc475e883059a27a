"""The letter of notices: what a person was told and has not seen, in the lines of the page."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from feeds.mail import composition
from feeds.mail.outgoing import Composed
from feeds.models import Letter, Mailing, Notification
from feeds.notifications import grouping
from feeds.notifications.filters import may_hear
from feeds.notifications.texts import plain

MOST = 30  # lines; the rest is counted


def write(letter: Letter, now: datetime) -> Composed:
    """What is owed to a person by mail, less what they have seen meanwhile or may not see any more."""
    person = letter.person
    owed = Notification.objects.filter(person=person, by_mail=True)
    told = tuple(owed.values_list("pk", flat=True))
    mailing = getattr(person, "mailing", None)
    email = composition.address_of(person)
    if email is None or mailing is None or mailing.notices == Mailing.Every.NEVER:
        return Composed(None, told)
    rows = Notification.objects.filter(may_hear(person, "activity__"), pk__in=told, read_at=None)
    lines = grouping.lines(person, grouping.within(rows, owed), MOST + 1)
    if not lines:
        return Composed(None, told)
    with translation.override(settings.LANGUAGE_CODE):
        subject = plain(lines[0])
        if len(lines) > 1:
            more = ngettext("%(first)s, and %(n)d more", "%(first)s, and %(n)d more", len(lines) - 1)
            subject = more % {"first": subject, "n": len(lines) - 1}
    context = {"notices": lines[:MOST], "is_cut": len(lines) > MOST}
    return Composed(composition.letter(person, email, letter.kind, subject, context), told)
