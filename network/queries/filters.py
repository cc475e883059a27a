"""What a person muted and whom they blocked, as their settings list it."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from network.models import Block, Mute, Person

# Settings are read whole; nobody's list is near this long.
MOST = 500


def mutes(person: Person) -> list[Mute]:
    """The mutes that last, newest first, with what they mute. One query."""
    lasting = Mute.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), person=person)
    found = lasting.select_related("muted_person", "topic", "thread__author").order_by("-pk")
    return list(found[:MOST])


def blocks(person: Person) -> list[Block]:
    """Whom a person blocked, newest first. One query."""
    found = Block.objects.filter(blocker=person).select_related("blocked").order_by("-pk")
    return list(found[:MOST])
