"""Blocks: they hide two people from each other everywhere, and end the follows between them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from network.actions import follows
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid
from network.models import Activity, Block, Follow, Person, details


@transaction.atomic
def block(person: Person, other: Person) -> Block:
    """Block a person, and end follows and requests in both directions. Idempotent."""
    if person.pk == other.pk:
        raise Invalid(_("You cannot block yourself."))
    hold(person, other)
    block, created = Block.objects.get_or_create(blocker=person, blocked=other)
    if created:
        follows.end(
            Follow.objects.filter(Q(follower=person, stream=other.pk) | Q(follower=other, stream=person.pk))
        )
        record(Activity.Type.BLOCK, person, stream=other.stream)
    return block


@transaction.atomic
def unblock(person: Person, other: Person) -> None:
    """Remove the block of `person`. Follows do not come back. Idempotent."""
    hold(person, other)
    deleted, _rows = Block.objects.filter(blocker=person, blocked=other).delete()
    if deleted:
        record(Activity.Type.UNDO, person, stream=other.stream, detail=details.Undo(of="Block"))
