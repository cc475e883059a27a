"""The mutes and blocks of a person, for their settings page."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from network.models import Block, Mute, Person

# The settings page has no cursor. Real lists are much shorter.
MOST = 500


def mutes(person: Person) -> list[Mute]:
    """The mutes that have not ended, newest first, with what they mute. One query."""
    lasting = Mute.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), person=person)
    found = lasting.select_related("muted_person", "topic", "thread__author").order_by("-pk")
    return list(found[:MOST])


def blocks(person: Person) -> list[Block]:
    """The blocks of a person, newest first. One query."""
    found = Block.objects.filter(blocker=person).select_related("blocked").order_by("-pk")
    return list(found[:MOST])
