"""Invitations to groups: links for everybody, and invitations for one person."""

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
from network.models import Activity, Follow, Group, Invitation, Person, details
from network.queries import groups as queries
from network.queries import members, people
from network.queries.rights import MODERATING, groups_of

LASTS = timedelta(days=14)


@transaction.atomic
def invite(member: Person, group: Group) -> Invitation:
    """Create a link for joining a group, valid for two weeks. Members may if the group is open."""
    hold(member, shared=[group])
    _ensure_may_invite(member, group)
    invitation = Invitation.objects.create(group=group, inviter=member, **_new_link())
    record(Activity.Type.INVITE, member, stream=group.stream)
    return invitation


@transaction.atomic
def invite_person(member: Person, group: Group, person: Person) -> Invitation:
    """Invite a person, who is notified. Idempotent while the first invitation is valid.

    Raises NotVisible for a person that `member` may not see, Refused for a member of the group and, unless
    `member` is a moderator, for a person who was removed from it.
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
        record(Activity.Type.INVITE, member, stream=group.stream, target=person)
    return invitation


@transaction.atomic
def accept(person: Person, invitation: Invitation) -> Follow:
    """Join a group by a link. A person who was removed only requests it, unless the link is personal.

    Raises NotVisible if the link is not valid or there is a block with the inviter, Refused if the group is
    closed.
    """
    group = invitation.group
    hold(person, shared=[group])
    members.find_invitation(person, invitation.token)
    queries.ensure_open(group)
    if invitation.person_id is None and queries.was_removed(person, group):
        return memberships.join(person, group)
    # A personal invitation is used once: it must not lead back in later.
    Invitation.objects.filter(group=group, person=person).delete()
    return memberships.enter(person, group)


@transaction.atomic
def withdraw(moderator: Person, invitation: Invitation) -> None:
    """Delete a link: only its creator and moderators may. Raises NotVisible, Refused."""
    roles = () if invitation.inviter_id == moderator.pk else MODERATING
    queries.ensure_role(moderator, invitation.group, *roles)
    deleted, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if deleted:
        record(
            Activity.Type.UNDO, moderator, stream=invitation.group.stream, detail=details.Undo(of="Invite")
        )


def _new_link() -> dict[str, Any]:
    return {"token": secrets.token_urlsafe(24), "expires_at": timezone.now() + LASTS}


def _ensure_may_invite(member: Person, group: Group) -> Follow:
    roles = () if group.kind == Group.Kind.OPEN else MODERATING
    inviting = queries.ensure_role(member, group, *roles)
    queries.ensure_open(group)
    return inviting
