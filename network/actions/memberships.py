"""Coming into a group, going, and who looks after it. A membership is a follow with a role."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from network.actions import follows
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Follow, Group, Invitation, Person, Removal
from network.queries import groups as queries
from network.queries.rights import MODERATING

# How a membership begins: nobody is let in yet. In a group one hears every comment unless one says otherwise.
AS_ASKED = {"state": Follow.State.REQUESTED, "comments": Follow.Comments.ALL}


@transaction.atomic
def join(person: Person, group: Group) -> Follow:
    """Join an open group, or ask to: where joining is by request, or a moderator removed the person before.

    Twice is once. Raises NotVisible for a hidden group, Refused for a closed one.
    """
    hold(person, shared=[group])
    found = queries.membership(person, group)
    if found is not None:
        return found
    if group.kind == Group.Kind.HIDDEN:
        raise NotVisible
    queries.ensure_open(group)
    if group.kind == Group.Kind.OPEN and not queries.was_removed(person, group):
        return enter(person, group)
    asked, created = Follow.objects.get_or_create(follower=person, stream=group.stream, defaults=AS_ASKED)
    if created:
        record(Activity.Type.JOIN, person, stream=group.stream, detail={"state": asked.state})
    return asked


@transaction.atomic
def leave(person: Person, group: Group) -> None:
    """Leave a group or take the request back. The last owner must hand over or close it first."""
    hold(group, person)
    found = queries.membership(person, group)
    if found is None:
        return
    _ensure_not_last_owner(found)
    if follows.end(Follow.objects.filter(pk=found.pk)):
        record(Activity.Type.LEAVE, person, stream=group.stream)


@transaction.atomic
def accept(moderator: Person, group: Group, person: Person) -> None:
    """Let in somebody who asked. Raises NotVisible where they did not, Refused in a closed group."""
    hold(moderator, person, shared=[group])
    queries.ensure_role(moderator, group, *MODERATING)
    queries.ensure_open(group)
    asked = Follow.objects.filter(follower=person, stream=group.pk).first()
    if asked is None:
        raise NotVisible
    if asked.state == Follow.State.REQUESTED:
        _admit(asked)
        record(
            Activity.Type.ACCEPT,
            moderator,
            stream=group.stream,
            detail={"of": "Join", "person": str(person.pk)},
        )


@transaction.atomic
def remove(moderator: Person, group: Group, person: Person) -> None:
    """Take a member out of a group, or decline a request. Owners are removed by nobody.

    Who was taken out is let in again by moderators alone: by a request or by a new invitation. Declining a
    request takes nobody out.
    """
    hold(moderator, person, shared=[group])
    queries.ensure_role(moderator, group, *MODERATING)
    found = queries.membership(person, group)
    if found is None:
        return
    if found.role == Follow.Role.OWNER:
        raise Refused(_("Nobody can remove an owner. Owners leave by themselves."))
    if follows.end(Follow.objects.filter(pk=found.pk)):
        if found.state == Follow.State.ACCEPTED:
            Removal.objects.get_or_create(group=group, person=person)
            Invitation.objects.filter(group=group, person=person).delete()
        detail = {"person": str(person.pk), "state": found.state}
        record(Activity.Type.REMOVE, moderator, stream=group.stream, detail=detail)


@transaction.atomic
def give_role(owner: Person, group: Group, person: Person, role: Follow.Role) -> None:
    """Make a member an owner, a moderator or a plain member. Handing over is making another owner."""
    hold(group, owner, person)
    queries.ensure_role(owner, group, Follow.Role.OWNER)
    if role == Follow.Role.NONE:
        raise Invalid(_("A member has a role. To end the membership, remove the person."))
    found = queries.ensure_role(person, group)
    if found.role == role:
        return
    if found.role == Follow.Role.OWNER:
        _ensure_not_last_owner(found)
    found.role = role
    found.save(update_fields=["role"])
    record(
        Activity.Type.OFFER, owner, stream=group.stream, detail={"person": str(person.pk), "role": str(role)}
    )


def let_in_all(owner: Person, group: Group) -> None:
    """Accept all who wait and were not removed before, as when a group opens. The caller holds them."""
    for person in waiting(group):
        accept(owner, group, person)


def waiting(group: Group) -> QuerySet[Person]:
    """Who asked to join, has no answer yet, and needs no moderator to decide: all but who was removed."""
    asked = Follow.objects.filter(stream=group.pk, state=Follow.State.REQUESTED)
    asked = asked.exclude(follower__in=group.removals.values("person"))
    return Person.objects.filter(pk__in=asked.values("follower")).order_by("pk")


@transaction.atomic
def enter(person: Person, group: Group) -> Follow:
    """Let somebody in, whether or not they asked or were removed before; twice is once."""
    hold(person, shared=[group])
    joined = found_or_asked(person, group)
    if joined.state == Follow.State.REQUESTED:
        _admit(joined)
        record(Activity.Type.JOIN, person, stream=group.stream, detail={"state": joined.state})
    return joined


def found_or_asked(person: Person, group: Group) -> Follow:
    """The membership of `person`, else a request for one. The caller holds them."""
    membership, _created = Follow.objects.get_or_create(
        follower=person, stream=group.stream, defaults=AS_ASKED
    )
    return membership


def _admit(asked: Follow) -> None:
    """Make a request a membership; a removal from before is forgotten."""
    follows.admit(asked, Follow.Role.MEMBER)
    Removal.objects.filter(group=asked.stream_id, person=asked.follower_id).delete()


def _ensure_not_last_owner(membership: Follow) -> None:
    if membership.role != Follow.Role.OWNER:
        return
    group = Group.objects.get(pk=membership.stream_id)
    owners = Follow.objects.filter(stream=membership.stream_id, role=Follow.Role.OWNER)
    if group.closed_at is None and len(owners) == 1:
        raise Refused(_("You are the last owner. Make somebody else an owner, or close the group, first."))
