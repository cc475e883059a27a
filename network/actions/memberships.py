"""Memberships of groups and their roles. A membership is a follow with a role."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from network.actions import follows
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid, NotVisible, Refused
from network.models import Activity, Follow, Group, Invitation, Person, Removal, details
from network.queries import groups as queries
from network.queries.rights import MODERATING

# A new membership: requested, and with all comments as the default.
AS_ASKED = {"state": Follow.State.REQUESTED, "comments": Follow.Comments.ALL}


@transaction.atomic
def join(person: Person, group: Group) -> Follow:
    """Join an open group, or request it: if the group is not open, or has removed the person before.

    Idempotent. Raises NotVisible for a hidden group, Refused for a closed one.
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
        record(Activity.Type.JOIN, person, stream=group.stream, detail=details.Request(state=asked.state))
    return asked


@transaction.atomic
def leave(person: Person, group: Group) -> None:
    """Leave a group or withdraw the request. Raises Refused for the last owner."""
    hold(group, person)
    found = queries.membership(person, group)
    if found is None:
        return
    _ensure_not_last_owner(found)
    if follows.end(Follow.objects.filter(pk=found.pk)):
        record(Activity.Type.LEAVE, person, stream=group.stream)


@transaction.atomic
def accept(moderator: Person, group: Group, person: Person) -> None:
    """Accept a request to join. Raises NotVisible if there is none, Refused in a closed group."""
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
            target=person,
            detail=details.Accept(of="Join"),
        )


@transaction.atomic
def remove(moderator: Person, group: Group, person: Person) -> None:
    """Remove a member from a group, or decline a request. Raises Refused for an owner.

    Only a moderator can admit a removed member again, by a request or a new invitation. A person whose
    request was declined can request again.
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
        detail = details.Remove(state=found.state)
        record(Activity.Type.REMOVE, moderator, stream=group.stream, target=person, detail=detail)


@transaction.atomic
def give_role(owner: Person, group: Group, person: Person, role: Follow.Role) -> None:
    """Give a member another role. To hand a group over, make somebody else an owner."""
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
    record(Activity.Type.OFFER, owner, stream=group.stream, target=person, detail=details.Offer(role))


def let_in_all(owner: Person, group: Group) -> None:
    """Accept all requests that need no moderator. The caller has locked these people."""
    for person in waiting(group):
        accept(owner, group, person)


def waiting(group: Group) -> QuerySet[Person]:
    """People whose request to join needs no moderator: all but those who were removed before."""
    asked = Follow.objects.filter(stream=group.pk, state=Follow.State.REQUESTED)
    asked = asked.exclude(follower__in=group.removals.values("person"))
    return Person.objects.filter(pk__in=asked.values("follower")).order_by("pk")


@transaction.atomic
def enter(person: Person, group: Group) -> Follow:
    """Make a person a member, also without a request or after a removal. Idempotent."""
    hold(person, shared=[group])
    joined = found_or_asked(person, group)
    if joined.state == Follow.State.REQUESTED:
        _admit(joined)
        record(Activity.Type.JOIN, person, stream=group.stream, detail=details.Request(state=joined.state))
    return joined


def found_or_asked(person: Person, group: Group) -> Follow:
    """The membership or request of `person`, else a new request. The caller has locked the person."""
    membership, _created = Follow.objects.get_or_create(
        follower=person, stream=group.stream, defaults=AS_ASKED
    )
    return membership


def _admit(asked: Follow) -> None:
    """Make a request a membership, and delete a former removal."""
    follows.admit(asked, Follow.Role.MEMBER)
    Removal.objects.filter(group=asked.stream_id, person=asked.follower_id).delete()


def _ensure_not_last_owner(membership: Follow) -> None:
    if membership.role != Follow.Role.OWNER:
        return
    group = Group.objects.get(pk=membership.stream_id)
    owners = Follow.objects.filter(stream=membership.stream_id, role=Follow.Role.OWNER)
    if group.closed_at is None and len(owners) == 1:
        raise Refused(_("You are the last owner. Make somebody else an owner, or close the group, first."))
