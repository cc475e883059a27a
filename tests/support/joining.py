"""Sign up by an invitation to the site, and end an invitation in each way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from network.models import User
from safety.actions import administrators, invitations
from safety.models import SiteInvitation
from tests.support import factories, site

GIVEN = {"name": "Nia", "username": "nia", "password1": "three plain words"}
GONE = "This link does not work any more"


def sign_up(client: Client, username: str = "nia", **more: Any) -> Any:
    return client.post(reverse("account_signup"), GIVEN | {"username": username} | more)


def press(client: Client, link: SiteInvitation) -> Any:
    """Press "Make an account" on the page of an invitation."""
    return client.post(link.get_absolute_url())


def used(link: SiteInvitation) -> int:
    return factories.fresh(link).used


def expire(link: SiteInvitation) -> None:
    SiteInvitation.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def use_up(link: SiteInvitation) -> None:
    SiteInvitation.objects.filter(pk=link.pk).update(used=link.uses)


def withdraw(link: SiteInvitation) -> None:
    invitations.withdraw(link.inviter, link)


def dismiss(link: SiteInvitation) -> None:
    site.administrator("other")
    administrators.dismiss(link.inviter)


def deactivate(link: SiteInvitation) -> None:
    User.objects.filter(person=link.inviter).update(is_active=False)


ENDS = [expire, use_up, withdraw, dismiss, deactivate]
