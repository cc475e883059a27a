"""Open and close the site."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from network.errors import Refused
from network.models import Person, Site
from network.queries.site import is_administrator


@transaction.atomic
def set_open(person: Person, is_open: bool) -> None:
    """Open the site to everybody, or close it. Raises Refused for people who are no administrators."""
    if not is_administrator(person):
        raise Refused(_("Only administrators can do this."))
    Site.objects.update_or_create(pk=1, defaults={"is_open": is_open})
