"""Links that let people into a group."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from network.actions.memberships import enter
from network.actions.recording import record
from network.models import Activity, Follow, Group, Invitation, Person
from network.queries import groups as queries
from network.queries import members
from network.queries.rights import MODERATING

LASTS = timedelta(days=14)


@transaction.atomic
def invite(member: Person, group: Group) -> Invitation:
    """A link that lets whoever holds it in, for two weeks. In a group that is not open, moderators invite."""
    if group.kind == Group.Kind.OPEN:
        queries.ensure_role(member, group)
    else:
        queries.ensure_role(member, group, *MODERATING)
    queries.ensure_open(group)
    invitation = Invitation.objects.create(
        token=secrets.token_urlsafe(24), group=group, inviter=member, expires_at=timezone.now() + LASTS
    )
    record(Activity.Type.INVITE, member, stream=group.stream)
    return invitation


@transaction.atomic
def accept(person: Person, invitation: Invitation) -> Follow:
    """Join by a link. Raises NotVisible where it holds no longer or the inviter and `person` have a block."""
    members.find_invitation(person, invitation.token)
    queries.ensure_open(invitation.group)
    return enter(person, invitation.group)


@transaction.atomic
def withdraw(moderator: Person, invitation: Invitation) -> None:
    """Make a link lead nowhere: by whoever made it, or a moderator."""
    if invitation.inviter_id != moderator.pk:
        queries.ensure_role(moderator, invitation.group, *MODERATING)
    invitation.delete()
    record(Activity.Type.UNDO, moderator, stream=invitation.group.stream, detail={"of": "Invite"})
