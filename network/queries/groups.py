"""Groups that a person may see, and their role in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from network.errors import NotVisible, Refused
from network.models import Follow, Group, Person, Post, Removal, Stream
from network.queries import site, unread
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON
from network.queries.rights import Viewer, groups_of

# Groups on a profile page. The list of follows has all of them.
MOST = 20

GROUPS = Instances(Group)
MEMBERSHIPS = Instances(Follow, ["stream__group"])


@dataclass(frozen=True)
class Mine:
    """A group that a person is a member of, with the number of posts that they have not seen."""

    group: Group
    membership: Follow
    unread: int


def visible_to(viewer: Person | None) -> QuerySet[Group]:
    """Groups whose page `viewer` may open. Only members may open the page of a hidden group.

    On a closed server nobody may open one who is signed out.
    """
    if viewer is None:
        return Group.objects.filter(~Q(kind=Group.Kind.HIDDEN), site.while_open())
    return Group.objects.filter(~Q(kind=Group.Kind.HIDDEN) | Q(pk__in=groups_of(viewer)))


def open_to(viewer: Person | None) -> QuerySet[Group]:
    """Groups whose threads and members `viewer` may see."""
    is_open = Q(kind=Group.Kind.OPEN)
    if viewer is None:
        return Group.objects.filter(is_open, site.while_open())
    return Group.objects.filter(is_open | Q(pk__in=groups_of(viewer)))


def find(viewer: Person | None, slug: str) -> Group:
    """A group that `viewer` may see, by its slug or a former one, with its stream. Two queries at most.

    Raises NotVisible.
    """
    seen = visible_to(viewer).select_related("stream")
    group = seen.filter(slug=slug).first()
    group = group or seen.filter(former_slugs__slug=slug).order_by("-former_slugs__pk").first()
    if group is None:
        raise NotVisible
    return group


def membership(person: Person | None, group: Group) -> Follow | None:
    """The membership of `person`, or their request for one; else None."""
    if person is None:
        return None
    return Follow.objects.filter(follower=person, stream=group.pk).first()


def removed_from(person: Person | None, group_ids: Iterable[int]) -> set[int]:
    """Those of some groups that removed `person` and did not admit them again. One query at most."""
    among = list(group_ids)
    if person is None or not among:
        return set()
    return set(Removal.objects.filter(person=person, group__in=among).values_list("group", flat=True))


def was_removed(person: Person | None, group: Group) -> bool:
    """Whether only a moderator can admit `person` again. One query; none if signed out."""
    return bool(removed_from(person, [group.pk]))


def may_look_inside(viewer: Person | None, group: Group) -> bool:
    """Whether `viewer` may see the threads and members of a group. One query; none for an open group."""
    if group.kind == Group.Kind.OPEN:
        return True
    return viewer is not None and groups_of(viewer).filter(stream=group.pk).exists()


def ensure_role(person: Person, group: Group, *roles: Follow.Role) -> Follow:
    """The membership of `person`, which must have one of `roles` if there are any.

    Raises NotVisible if they may not see the group, Refused if they are no member or have another role.
    """
    found = membership(person, group)
    if found is None or found.state != Follow.State.ACCEPTED:
        if group.kind == Group.Kind.HIDDEN:
            raise NotVisible
        raise Refused(_("Join the group first."))
    if roles and found.role not in roles:
        raise Refused(_("Only those who look after the group can do this."))
    return found


def ensure_open(group: Group) -> None:
    """Raises Refused if the group is closed."""
    if group.closed_at is not None:
        raise Refused(_("This group is closed."))


def find_to_post(person: Person, group_id: int) -> Group:
    """A group that `person` may post to. One query. Raises NotVisible, Refused."""
    group = joined_by(person).filter(pk=group_id).first()
    if group is not None:
        return group
    seen = visible_to(person).filter(pk=group_id).first()
    if seen is None:
        raise NotVisible
    ensure_open(seen)
    raise Refused(_("Join the group first."))


def shows_presence(person: Person | None, group: Group | None) -> bool:
    """Whether a page shows to `person`, who may write there, who is present."""
    return person is not None and group is not None and person.shows_presence and group.shows_presence


def joined_by(person: Viewer) -> QuerySet[Group]:
    """The groups of `person` that are not closed, by name."""
    return Group.objects.filter(pk__in=groups_of(person), closed_at=None).order_by("name")


def to_post_in(person: Person) -> list[Group]:
    """The groups that `person` may post to, by name. One query."""
    return GROUPS.read(fetch(_open_groups, person=person.pk))


def _open_groups() -> QuerySet[Group, Any]:
    return GROUPS.select(joined_by(PERSON))


def mine(person: Person) -> list[Mine]:
    """The groups of `person`, those with unread posts first, then by name. Two queries."""
    memberships = MEMBERSHIPS.read(fetch(_memberships, person=person.pk))
    new = unread.in_groups(person, memberships)
    found = [Mine(row.stream.group, row, new.get(row.stream_id, 0)) for row in memberships]
    return sorted(found, key=lambda one: (not one.unread, one.group.name.casefold(), one.group.pk))


def _memberships() -> QuerySet[Follow, Any]:
    rows = Follow.objects.filter(follower=PERSON, stream__kind=Stream.Kind.GROUP)
    return MEMBERSHIPS.select(rows.filter(state=Follow.State.ACCEPTED))


def of_person(viewer: Person | None, person: Person) -> list[Group]:
    """The first groups of `person`, by name, whose members `viewer` may see. One query."""
    return list(open_to(viewer).filter(pk__in=groups_of(person)).order_by("name")[:MOST])


def of_posts(viewer: Person | None, posts: Iterable[Post]) -> dict[int | None, Group]:
    """The groups of some posts that `viewer` may read, by id, without groups that they may no longer see.

    Only members read what others wrote in a hidden group. Authors keep reading their own posts, so a query is
    needed only if the viewer wrote some of these.
    """
    found: dict[int | None, Group] = {}
    own: set[int] = set()
    for post in posts:
        group = post.thread.group
        if group is not None:
            found[group.pk] = group
            if viewer is not None and post.author_id == viewer.pk and group.kind == Group.Kind.HIDDEN:
                own.add(group.pk)
    if viewer is not None and own:
        mine = groups_of(viewer).filter(stream__in=own)
        for left in own.difference(row["stream"] for row in mine):
            del found[left]
    return found
