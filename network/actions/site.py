"""The server as a whole: opening and closing it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from network.actions.recording import record
from network.errors import Refused
from network.models import Activity, Person, Site, details
from network.queries import site


@transaction.atomic
def set_open(person: Person, is_open: bool) -> None:
    """Open or close the server. Idempotent. Raises Refused for a person who is no administrator.

    When it is closed, the live connections of people who are signed out end.
    """
    if not site.is_administrator(person):
        raise Refused(_("Only administrators can open or close this place."))
    chosen, is_first = Site.objects.select_for_update().get_or_create(pk=1, defaults={"is_open": is_open})
    if not is_first and chosen.is_open == is_open:
        return
    chosen.is_open = is_open
    chosen.save(update_fields=["is_open", "changed_at"])
    record(Activity.Type.UPDATE, person, detail=details.Update(site=str(chosen)))
