"""The members, moderators, join requests and invitation links of a group."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from network.errors import NotVisible
from network.models import Follow, Group, Invitation, Person, Removal
from network.queries import groups, people
from network.queries.listing import Rows, page
from network.queries.rights import MODERATING

Role, State = Follow.Role, Follow.State


@dataclass(frozen=True)
class Standing:
    """The membership of a viewer in a group, for what a page offers. Actions check rights themselves."""

    group: Group
    membership: Follow | None = None
    was_removed: bool = False

    @property
    def is_member(self) -> bool:
        return self.membership is not None and self.membership.state == State.ACCEPTED

    @property
    def is_moderator(self) -> bool:
        return self.is_member and self.membership is not None and self.membership.role in MODERATING

    @property
    def is_owner(self) -> bool:
        return self.is_member and self.membership is not None and self.membership.role == Role.OWNER

    @property
    def may_look_inside(self) -> bool:
        return self.is_member or self.group.kind == Group.Kind.OPEN

    @property
    def may_write(self) -> bool:
        return self.is_member and self.group.closed_at is None

    @property
    def may_invite(self) -> bool:
        return self.may_write and (self.is_moderator or self.group.kind == Group.Kind.OPEN)


def standing(viewer: Person | None, slug: str) -> Standing:
    """A group that `viewer` may see, with their membership. Three queries. Raises NotVisible."""
    group = groups.find(viewer, slug)
    return Standing(group, groups.membership(viewer, group), groups.was_removed(viewer, group))


def moderators(viewer: Person | None, stands: Standing) -> list[Follow]:
    """The owners and moderators of a group, owners first. One query."""
    found = _members(viewer, stands).filter(role__in=MODERATING)
    return sorted(found, key=lambda one: (one.role != Role.OWNER, one.pk))


def members(viewer: Person | None, stands: Standing, before: int | None = None) -> Rows[Follow]:
    """A page of the other members. One query. Raises NotVisible if the viewer may not look inside."""
    if not stands.may_look_inside:
        raise NotVisible
    return page(_members(viewer, stands).exclude(role__in=MODERATING), before)


def requests(moderator: Person, group: Group, before: int | None = None) -> Rows[Follow]:
    """Requests to join, with `was_removed`. Two queries. Raises Refused for a person who is no moderator."""
    groups.ensure_role(moderator, group, *MODERATING)
    removed = Removal.objects.filter(group=group, person=OuterRef("follower"))
    return page(_asking(group).select_related("follower").annotate(was_removed=Exists(removed)), before)


def number_of_requests(stands: Standing) -> int:
    """The number of requests to join; 0 for a viewer who is no moderator. One query at most."""
    return _asking(stands.group).count() if stands.is_moderator else 0


def member(moderator: Person, group: Group, person_id: int) -> Person:
    """A member, or a person who asked to join, also with a block. Two queries. Raises NotVisible, Refused."""
    groups.ensure_role(moderator, group, *MODERATING)
    found = Follow.objects.filter(stream=group.pk, follower=person_id).select_related("follower").first()
    if found is None:
        raise NotVisible
    return found.follower


def is_last_owner(stands: Standing) -> bool:
    """Whether the viewer is the only owner of a group that is not closed. One query; none for other roles."""
    if not stands.is_owner or stands.group.closed_at is not None:
        return False
    return Follow.objects.filter(stream=stands.group.pk, role=Role.OWNER).count() == 1


def invitations(member: Person, stands: Standing) -> list[Invitation]:
    """The valid invitation links of a group: those of the member, or all for a moderator."""
    found = _holding().filter(group=stands.group)
    if not stands.is_moderator:
        found = found.filter(inviter=member)
    return list(found.select_related("inviter", "person").order_by("-pk"))


def find_invitation(viewer: Person | None, token: str) -> Invitation:
    """A valid invitation link, with its group, which may be hidden. One query. Raises NotVisible.

    A link for everybody into a hidden group is not valid for people whom the group has removed.
    """
    for_them = Q(person=None) if viewer is None else Q(person=None) | Q(person=viewer)
    removed = Removal.objects.filter(group=OuterRef("group"), person=viewer)
    is_shut = Q(Exists(removed), person=None, group__kind=Group.Kind.HIDDEN)
    held = _holding().filter(for_them, ~is_shut, token=token, inviter__in=people.visible_to(viewer))
    found = held.select_related("group__stream", "inviter").first()
    if found is None:
        raise NotVisible
    return found


def holding(person: Person) -> QuerySet[Invitation]:
    """The valid invitations that are for `person` alone."""
    return _holding().filter(person=person)


def _holding() -> QuerySet[Invitation]:
    """The valid links: not expired, and made by a member who may still invite."""
    inviting = Follow.objects.filter(
        Q(role__in=MODERATING) | Q(stream__group__kind=Group.Kind.OPEN),
        follower=OuterRef("inviter"),
        stream=OuterRef("group"),
        state=State.ACCEPTED,
    )
    return Invitation.objects.filter(Exists(inviting), expires_at__gt=timezone.now())


def _members(viewer: Person | None, stands: Standing) -> QuerySet[Follow]:
    """The members that `viewer` sees. Moderators also see people with whom they have a block."""
    found = Follow.objects.filter(stream=stands.group.pk, state=State.ACCEPTED).select_related("follower")
    return found if stands.is_moderator else found.filter(follower__in=people.visible_to(viewer))


def _asking(group: Group) -> QuerySet[Follow]:
    return Follow.objects.filter(stream=group.pk, state=State.REQUESTED)
