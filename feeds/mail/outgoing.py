"""Outgoing letters: when each is due, and how it is sent at most once.

A notification to mail is marked with `by_mail` in the transaction that creates it. A letter collects those of
one person. A worker leases a letter, composes it, and dequeues it just before it hands it to the mail server.
So a worker that dies before then loses nothing. One that dies later sends nothing twice, but may lose this
one letter.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from feeds.delivery.leases import Leases
from feeds.models import Letter, Mailing, Notification
from network import ids, mailers, zones
from network.actions.locking import hold

log = logging.getLogger(__name__)

Every = Mailing.Every

# For people who want notices soon, a letter collects those of so much time.
GATHER = timedelta(minutes=5)
# A worker may compose and send one letter in this time. After it another worker may take the letter.
LEASE = timedelta(minutes=2)
LEASES = Leases(Letter.objects, LEASE, first_pause=timedelta(minutes=1), longest_pause=timedelta(hours=6))
# A letter that the mail server refuses every time is dropped after so many tries, in about two days.
TRIES = 14
MONDAY = 0


@dataclass(frozen=True)
class Composed:
    """A composed letter: its message, None if there is nothing to send, and the notifications it settles."""

    message: EmailMessage | None
    notifications: tuple[int, ...] = ()


# The function that composes each kind of letter, for the time at which it is sent.
writers: dict[str, Callable[[Letter, datetime], Composed]] = {}


def due(every: str, now: datetime, zone: str = "") -> datetime:
    """When the next letter is due: in some minutes, or next morning, or Monday morning, in a time zone."""
    if every == Every.SOON:
        return now + GATHER
    here = now.astimezone(zones.named(zone))
    morning = here.replace(hour=settings.MAIL_HOUR, minute=0, second=0, microsecond=0, fold=0)
    days = (MONDAY - here.weekday()) % 7 if every == Every.WEEK else 0
    found = (morning + timedelta(days=days)).astimezone(UTC)
    if found > now:
        return found
    return (morning + timedelta(days=days + (7 if every == Every.WEEK else 1))).astimezone(UTC)


def reschedule(mailing: Mailing) -> None:
    """Adapt a person's letters to what they ask for now. Letters that they no longer want are dropped."""
    now = timezone.now()
    person = mailing.person_id
    Letter.objects.filter(person=person, kind=Letter.Kind.NOTICES).delete()
    if mailing.notices == Every.NEVER:
        Notification.objects.filter(person=person, by_mail=True).update(by_mail=False)
    if mailing.digest == Every.NEVER:
        Letter.objects.filter(person=person, kind=Letter.Kind.DIGEST).delete()
        return
    due_at = due(mailing.digest, now, mailing.person.zone)
    Letter.objects.update_or_create(
        person_id=person,
        kind=Letter.Kind.DIGEST,
        defaults={"due_at": due_at},
        create_defaults={"due_at": due_at, "since": ids.first_at(now)},
    )


def enqueue(limit: int = 5000) -> int:
    """Create letters for people who have notifications to mail and no letter yet: how many. Two queries."""
    now = timezone.now()
    enqueued = Letter.objects.filter(person=OuterRef("person"), kind=Letter.Kind.NOTICES)
    waiting = Notification.objects.filter(~Exists(enqueued), by_mail=True)
    asked = waiting.order_by().values_list("person", "person__mailing__notices", "person__zone")
    letters = [
        Letter(person_id=person, kind=Letter.Kind.NOTICES, due_at=due(every or Every.SOON, now, zone))
        for person, every, zone in asked.distinct()[:limit]
    ]
    return len(Letter.objects.bulk_create(letters, ignore_conflicts=True))


def send(limit: int = 200) -> int:
    """Send the letters that are due: how many were sent. If the mail server is away, they stay due."""
    if not settings.EMAIL_URL:
        return 0
    found = LEASES.free().filter(due_at__lte=timezone.now()).order_by("due_at")
    connection = mailers.connection()
    sent = 0
    try:
        for letter in found.select_related("person__user", "person__mailing")[:limit]:
            if not _lease(letter):
                continue
            try:
                sent += _send(letter, connection)
            except OSError as error:  # SMTPException is one
                log.warning("The mail server does not answer; letters wait: %s", error)
                LEASES.give_back(letter)
                break
            except Exception:
                log.exception("%s could not be written; it will be tried again.", letter)
                LEASES.delay(letter)
    finally:
        connection.close()
    return sent


def _send(letter: Letter, connection: BaseEmailBackend) -> bool:
    """Compose one letter and send it: whether it was sent. Raises OSError if the mail server is away."""
    now = timezone.now()
    composed = writers[letter.kind](letter, now)
    if composed.message is None:
        _dequeue(letter, composed, now)
        return False
    connection.open()
    _dequeue(letter, composed, now)
    try:
        connection.send_messages([composed.message])
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        connection.close()
        if is_final(error) or letter.tries >= TRIES:
            log.warning("%s was refused: %s", letter, error)
        else:
            _requeue(letter, composed)
        return False
    except (SMTPException, OSError) as error:
        connection.close()
        log.warning("%s was cut off, and may have arrived; it is not sent again: %s", letter, error)
        return False
    return True


def is_final(error: SMTPResponseException | SMTPRecipientsRefused) -> bool:
    """Whether the mail server refused for good (5xx), not for now (4xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return int(error.smtp_code) >= 500


@transaction.atomic
def _dequeue(letter: Letter, composed: Composed, now: datetime) -> None:
    """Before sending: make sure that this letter is not sent a second time, whatever happens next."""
    hold(letter.person)
    Notification.objects.filter(pk__in=composed.notifications).update(by_mail=False)
    mine = Letter.objects.filter(pk=letter.pk)
    every = Mailing.objects.filter(person=letter.person_id).values_list("digest", flat=True).first()
    if letter.kind == Letter.Kind.DIGEST and every not in (None, Every.NEVER):
        mine.update(
            since=ids.first_at(now), due_at=due(every, now, letter.person.zone), leased_until=None, tries=0
        )
    else:
        mine.delete()


@transaction.atomic
def _requeue(letter: Letter, composed: Composed) -> None:
    """After the mail server refused a letter for now: send it again after a pause."""
    hold(letter.person)
    Notification.objects.filter(pk__in=composed.notifications).update(by_mail=True)
    fields = {"due_at": letter.due_at, "since": letter.since}
    fields |= {"leased_until": LEASES.next_try(letter), "tries": letter.tries}
    Letter.objects.update_or_create(person_id=letter.person_id, kind=letter.kind, defaults=fields)


def _lease(letter: Letter) -> bool:
    """Lease a letter: whether it could be. Not if another worker has it, or if it was sent or dropped."""
    return bool(LEASES.take([letter], Q(due_at=letter.due_at)))
