"""Make a person an administrator of the site, and make them an ordinary person again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from network.actions.locking import claim
from network.errors import Refused
from network.models import Person, User


@transaction.atomic
def appoint(person: Person) -> None:
    """Make a person an administrator. Raises Refused for a person who cannot sign in. Idempotent."""
    claim("administrators")
    if not User.objects.filter(person=person, is_active=True).update(is_superuser=True, is_staff=True):
        raise Refused(_("Nobody can sign in as %(name)s, so they cannot be an administrator.") % _of(person))


@transaction.atomic
def dismiss(person: Person) -> None:
    """Make an administrator an ordinary person. Raises Refused for the last one. Idempotent.

    Their invitations to the site stop working.
    """
    claim("administrators")
    administrators = User.objects.filter(is_superuser=True, is_active=True, person__isnull=False)
    if administrators.filter(person=person).exists() and not administrators.exclude(person=person).exists():
        raise Refused(_("%(name)s is the last administrator, and a site needs one.") % _of(person))
    User.objects.filter(person=person).update(is_superuser=False, is_staff=False)


def _of(person: Person) -> dict[str, str]:
    return {"name": person.name}
