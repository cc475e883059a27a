"""Links that let people into a group, and invitations of one person."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.actions.locking import hold
from network.actions.memberships import enter
from network.actions.recording import record
from network.errors import Refused
from network.models import Activity, Follow, Group, Invitation, Person
from network.queries import groups as queries
from network.queries import members, people
from network.queries.rights import MODERATING, groups_of

LASTS = timedelta(days=14)


@transaction.atomic
def invite(member: Person, group: Group) -> Invitation:
    """A link that lets whoever holds it in, for two weeks. In a group that is not open, moderators invite."""
    hold(member, shared=[group])
    _ensure_may_invite(member, group)
    invitation = _invite(member, group)
    record(Activity.Type.INVITE, member, stream=group.stream)
    return invitation


@transaction.atomic
def invite_person(member: Person, group: Group, person: Person) -> Invitation:
    """Invite somebody, who is told; twice is once, while the first invitation holds.

    Raises NotVisible for whom `member` may not see, Refused for who is in the group already.
    """
    hold(member, person, shared=[group])
    _ensure_may_invite(member, group)
    people.find(member, person.pk)
    if groups_of(person).filter(stream=group.pk).exists():
        raise Refused(_("They are in this group already."))
    held = members.holding(person).filter(group=group, inviter=member).first()
    if held is not None:
        return held
    invitation = _invite(member, group, person)
    record(Activity.Type.INVITE, member, stream=group.stream, detail={"person": str(person.pk)})
    return invitation


@transaction.atomic
def accept(person: Person, invitation: Invitation) -> Follow:
    """Join by a link. Raises NotVisible where it holds no longer or the inviter and `person` have a block."""
    hold(person, shared=[invitation.group])
    members.find_invitation(person, invitation.token)
    queries.ensure_open(invitation.group)
    # One that was for them alone has done its work: it is no way back in.
    Invitation.objects.filter(group=invitation.group, person=person).delete()
    return enter(person, invitation.group)


@transaction.atomic
def withdraw(moderator: Person, invitation: Invitation) -> None:
    """Make a link lead nowhere: by whoever made it, or a moderator."""
    if invitation.inviter_id != moderator.pk:
        queries.ensure_role(moderator, invitation.group, *MODERATING)
    deleted, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if deleted:
        record(Activity.Type.UNDO, moderator, stream=invitation.group.stream, detail={"of": "Invite"})


def _invite(member: Person, group: Group, person: Person | None = None) -> Invitation:
    return Invitation.objects.create(
        token=secrets.token_urlsafe(24),
        group=group,
        inviter=member,
        person=person,
        expires_at=timezone.now() + LASTS,
    )


def _ensure_may_invite(member: Person, group: Group) -> None:
    if group.kind == Group.Kind.OPEN:
        queries.ensure_role(member, group)
    else:
        queries.ensure_role(member, group, *MODERATING)
    queries.ensure_open(group)
