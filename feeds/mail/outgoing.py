"""Letters: mails that people asked for. When each is due, and that it is sent once.

What a notice owes by mail is written on the notice, in the transaction that writes it; a letter gathers
what is owed to a person. A worker leases a letter, composes it, and takes it off the books before it hands
it to the mail server. So one that dies before loses nothing, and one that dies in the middle of sending
doubles nothing: that one letter may then be lost, which is the lesser evil.
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

# How long notices are gathered where they are wanted soon.
GATHER = timedelta(minutes=5)
# Composing and sending one letter may take this long before somebody else may take it up.
LEASE = timedelta(minutes=2)
LEASES = Leases(Letter.objects, LEASE, first_pause=timedelta(minutes=1), longest_pause=timedelta(hours=6))
# After this many tries, two days or so, a letter that is refused every time is given up.
TRIES = 14
MONDAY = 0


@dataclass(frozen=True)
class Composed:
    """A letter ready to go, or the finding that there is nothing to send; and the notices it tells."""

    message: EmailMessage | None
    notices: tuple[int, ...] = ()


# How each kind of letter is written.
writers: dict[str, Callable[[Letter, datetime], Composed]] = {}


def due(every: str, now: datetime, zone: str = "") -> datetime:
    """When the next letter is due that is wanted `every` so often, in the morning of a zone."""
    if every == Every.SOON:
        return now + GATHER
    here = now.astimezone(zones.named(zone))
    morning = here.replace(hour=settings.MAIL_HOUR, minute=0, second=0, microsecond=0, fold=0)
    days = (MONDAY - here.weekday()) % 7 if every == Every.WEEK else 0
    found = (morning + timedelta(days=days)).astimezone(UTC)
    if found > now:
        return found
    return (morning + timedelta(days=days + (7 if every == Every.WEEK else 1))).astimezone(UTC)


def begin_anew(mailing: Mailing) -> None:
    """Follow a change of what a person asked for: what they want no more is not owed any longer."""
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


def owe(limit: int = 5000) -> int:
    """Owe a letter to whom notices are owed by mail and who has none coming. Two queries; how many."""
    now = timezone.now()
    coming = Letter.objects.filter(person=OuterRef("person"), kind=Letter.Kind.NOTICES)
    waiting = Notification.objects.filter(~Exists(coming), by_mail=True)
    asked = waiting.order_by().values_list("person", "person__mailing__notices", "person__zone")
    letters = [
        Letter(person_id=person, kind=Letter.Kind.NOTICES, due_at=due(every or Every.SOON, now, zone))
        for person, every, zone in asked.distinct()[:limit]
    ]
    return len(Letter.objects.bulk_create(letters, ignore_conflicts=True))


def send(limit: int = 200) -> int:
    """Send the letters that are due; how many went out. Nothing is lost where the mail server is away."""
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
    """Compose one letter and send it. Raises OSError where the mail server cannot be reached."""
    now = timezone.now()
    composed = writers[letter.kind](letter, now)
    if composed.message is None:
        _take_off(letter, composed, now)
        return False
    connection.open()
    _take_off(letter, composed, now)
    try:
        connection.send_messages([composed.message])
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        connection.close()
        if is_final(error) or letter.tries >= TRIES:
            log.warning("%s was refused: %s", letter, error)
        else:
            _put_back(letter, composed)
        return False
    except (SMTPException, OSError) as error:
        connection.close()
        log.warning("%s was cut off, and may have arrived; it is not sent again: %s", letter, error)
        return False
    return True


def is_final(error: SMTPResponseException | SMTPRecipientsRefused) -> bool:
    """Whether the mail server said no for good (5xx), rather than for now (4xx)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    return int(error.smtp_code) >= 500


@transaction.atomic
def _take_off(letter: Letter, composed: Composed, now: datetime) -> None:
    """The sending begins: whatever happens now, this is not sent again."""
    hold(letter.person)
    Notification.objects.filter(pk__in=composed.notices).update(by_mail=False)
    mine = Letter.objects.filter(pk=letter.pk)
    every = Mailing.objects.filter(person=letter.person_id).values_list("digest", flat=True).first()
    if letter.kind == Letter.Kind.DIGEST and every not in (None, Every.NEVER):
        mine.update(
            since=ids.first_at(now), due_at=due(every, now, letter.person.zone), leased_until=None, tries=0
        )
    else:
        mine.delete()


@transaction.atomic
def _put_back(letter: Letter, composed: Composed) -> None:
    """The mail server took nothing, for now: all is owed as before, a while later."""
    hold(letter.person)
    Notification.objects.filter(pk__in=composed.notices).update(by_mail=True)
    fields = {"due_at": letter.due_at, "since": letter.since}
    fields |= {"leased_until": LEASES.next_try(letter), "tries": letter.tries}
    Letter.objects.update_or_create(person_id=letter.person_id, kind=letter.kind, defaults=fields)


def _lease(letter: Letter) -> bool:
    """Lease a letter; False where somebody else has, or it was sent or called off meanwhile."""
    return bool(LEASES.take([letter], Q(due_at=letter.due_at)))
