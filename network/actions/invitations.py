"""Links that let people into a group, and invitations of one person."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.actions import memberships
from network.actions.locking import hold
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
    invitation = Invitation.objects.create(group=group, inviter=member, **_new_link())
    record(Activity.Type.INVITE, member, stream=group.stream)
    return invitation


@transaction.atomic
def invite_person(member: Person, group: Group, person: Person) -> Invitation:
    """Invite somebody, who is told; twice is once, while the first invitation holds.

    Raises NotVisible for whom `member` may not see, Refused for who is in the group already or, from others
    than moderators, for who was removed from it.
    """
    hold(member, person, shared=[group])
    inviting = _ensure_may_invite(member, group)
    people.find(member, person.pk)
    if groups_of(person).filter(stream=group.pk).exists():
        raise Refused(_("They are in this group already."))
    if inviting.role not in MODERATING and queries.was_removed(person, group):
        raise Refused(_("They were removed. Only those who look after the group can invite them again."))
    between = {"group": group, "inviter": member, "person": person}
    Invitation.objects.filter(**between, expires_at__lte=timezone.now()).delete()
    invitation, created = Invitation.objects.get_or_create(**between, defaults=_new_link())
    if created:
        record(Activity.Type.INVITE, member, stream=group.stream, detail={"person": str(person.pk)})
    return invitation


@transaction.atomic
def accept(person: Person, invitation: Invitation) -> Follow:
    """Join by a link; who was removed asks to, unless the invitation is for them alone.

    Raises NotVisible where it holds no longer or the inviter and `person` have a block, Refused where the
    group is closed.
    """
    group = invitation.group
    hold(person, shared=[group])
    members.find_invitation(person, invitation.token)
    queries.ensure_open(group)
    if invitation.person_id is None and queries.was_removed(person, group):
        return memberships.join(person, group)
    # One that was for them alone has done its work: it is no way back in.
    Invitation.objects.filter(group=group, person=person).delete()
    return memberships.enter(person, group)


@transaction.atomic
def withdraw(moderator: Person, invitation: Invitation) -> None:
    """Make a link lead nowhere: by the member who made it, or a moderator. Raises NotVisible, Refused."""
    roles = () if invitation.inviter_id == moderator.pk else MODERATING
    queries.ensure_role(moderator, invitation.group, *roles)
    deleted, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if deleted:
        record(Activity.Type.UNDO, moderator, stream=invitation.group.stream, detail={"of": "Invite"})


def _new_link() -> dict[str, Any]:
    return {"token": secrets.token_urlsafe(24), "expires_at": timezone.now() + LASTS}


def _ensure_may_invite(member: Person, group: Group) -> Follow:
    roles = () if group.kind == Group.Kind.OPEN else MODERATING
    inviting = queries.ensure_role(member, group, *roles)
    queries.ensure_open(group)
    return inviting
