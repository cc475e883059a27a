"""Invite people to the site, withdraw an invitation, and use one for a new account.

The site is no stream, so nobody is notified of these activities. The record of a use is the new account.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from network import text
from network.actions.recording import record
from network.errors import Invalid, NotVisible
from network.models import Activity, Person, details
from network.queries.site import is_administrator
from safety.models import MOST_USES, SiteInvitation
from safety.queries import invitations

MOST_DAYS = 90
DAYS = 14  # unless the administrator chooses


@dataclass(frozen=True)
class InvitationDraft:
    """An invitation before it is made: for whom, for how many people, and for how many days."""

    label: str
    uses: int = 1
    days: int = DAYS


@transaction.atomic
def invite(person: Person, draft: InvitationDraft) -> SiteInvitation:
    """Make an invitation. Raises Invalid, and NotVisible for people who are no administrators."""
    _ensure_administrator(person)
    if not 1 <= draft.uses <= MOST_USES:
        raise Invalid(_("A link is for 1 to %(most)d people.") % {"most": MOST_USES})
    if not 1 <= draft.days <= MOST_DAYS:
        raise Invalid(_("A link works for 1 to %(most)d days.") % {"most": MOST_DAYS})
    invitation = SiteInvitation.objects.create(
        token=secrets.token_urlsafe(32),
        inviter=person,
        label=text.clean(draft.label, limit=text.NAME),
        uses=draft.uses,
        expires_at=timezone.now() + timedelta(days=draft.days),
    )
    record(Activity.Type.INVITE, person)
    return invitation


@transaction.atomic
def withdraw(person: Person, invitation: SiteInvitation) -> None:
    """Delete an invitation; accounts that were made with it stay. Raises NotVisible. Idempotent."""
    _ensure_administrator(person)
    deleted, _rows = SiteInvitation.objects.filter(pk=invitation.pk).delete()
    if deleted:
        record(Activity.Type.UNDO, person, detail=details.Undo(of="Invite"))


@transaction.atomic
def use(token: str) -> None:
    """Count one use. Call it last in the transaction that makes the account. Raises NotVisible.

    The lock makes a second user of the last use wait, then see that it is gone. It is held while the
    transaction lasts, so it comes after the slow work (hashing the password) and after all other locks.
    """
    locked = invitations.working().select_for_update(of=("self",)).filter(token=token).first()
    if locked is None:
        raise NotVisible
    SiteInvitation.objects.filter(pk=locked.pk).update(used=F("used") + 1)


def _ensure_administrator(person: Person) -> None:
    if not is_administrator(person):
        raise NotVisible
