"""An administrator, a closed site, and invitations to it."""

from __future__ import annotations

from typing import Any

from network.actions.site import set_open
from network.models import Person
from safety.actions import administrators
from safety.actions.invitations import InvitationDraft, invite
from safety.models import SiteInvitation
from tests.support import factories


def administrator(handle: str = "hana") -> Person:
    """A new person who looks after the site, with an account."""
    person = factories.user(handle).person
    administrators.appoint(person)
    return fresh(person)


def fresh(person: Person) -> Person:
    """The person and their user as they are stored now."""
    return Person.objects.select_related("user", "stream").get(pk=person.pk)


def closed_by(person: Person) -> None:
    set_open(person, False)


def invitation(person: Person, label: str = "The tide club", **draft: Any) -> SiteInvitation:
    return invite(person, InvitationDraft(label, **draft))
