"""The notification levels that a person chose for people and groups."""

from __future__ import annotations

from django.db.models import Q

from network.models import Person, Stream, Watch
from network.queries import groups, people

# The settings page has no cursor. Real lists are much shorter.
MOST = 500


def level_of(person: Person | None, stream_id: int) -> str:
    """The level that `person` chose for somebody or a group; "" is the default. One query at most."""
    if person is None:
        return ""
    found = Watch.objects.filter(person=person, stream=stream_id).values_list("level", flat=True).first()
    return found or ""


def streams(person: Person) -> list[Watch]:
    """The levels for people and groups that `person` may see, newest first. One query."""
    seen = Q(stream__person__in=people.visible_to(person)) | Q(stream__group__in=groups.visible_to(person))
    found = Watch.objects.filter(seen, person=person).exclude(stream__kind=Stream.Kind.TOPIC)
    return list(found.select_related("stream__person", "stream__group").order_by("-pk")[:MOST])
