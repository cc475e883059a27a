"""Invitations to the site: those that work, and the list of administrators."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils import timezone

from network.errors import NotVisible
from network.queries.listing import Rows, page
from safety.models import SiteInvitation


def working() -> QuerySet[SiteInvitation]:
    """The invitations with which somebody can make an account now.

    Those of a person who is no administrator any more do not work.
    """
    return SiteInvitation.objects.filter(
        used__lt=F("uses"),
        expires_at__gt=timezone.now(),
        inviter__user__is_superuser=True,
        inviter__user__is_active=True,
    )


def find(token: str) -> SiteInvitation:
    """The invitation that works, with its inviter. One query. Raises NotVisible."""
    found = working().filter(token=token).select_related("inviter").first()
    if found is None:
        raise NotVisible
    return found


def of_site(before: int | None) -> Rows[SiteInvitation]:
    """A page of all invitations that were not withdrawn, the newest first. One query."""
    return page(SiteInvitation.objects.select_related("inviter__user"), before)
