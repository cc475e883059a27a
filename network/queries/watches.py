"""How much a person hears of whom and what, as they have chosen."""

from __future__ import annotations

from django.db.models import Q

from network.models import Person, Stream, Watch
from network.queries import groups, people

# Settings are read whole; nobody's list is near this long.
MOST = 500


def level_of(person: Person | None, stream_id: int) -> str:
    """The level that was chosen for somebody or a group; "" is as usual. One query, none signed out."""
    if person is None:
        return ""
    found = Watch.objects.filter(person=person, stream=stream_id).values_list("level", flat=True).first()
    return found or ""


def streams(person: Person) -> list[Watch]:
    """The people and groups for which a level was chosen and that can be seen, newest first. One query."""
    seen = Q(stream__person__in=people.visible_to(person)) | Q(stream__group__in=groups.visible_to(person))
    found = Watch.objects.filter(seen, person=person).exclude(stream__kind=Stream.Kind.TOPIC)
    return list(found.select_related("stream__person", "stream__group").order_by("-pk")[:MOST])
