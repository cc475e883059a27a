"""Finding groups through the person who looks, and who is who in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from network.errors import NotVisible, Refused
from network.models import Follow, Group, Person, Post, Removal, Stream
from network.queries import unread
from network.queries.compiled import instances
from network.queries.rights import groups_of

# As many groups as are named on a person's page; all of them are in the list of what they follow.
MOST = 20


@dataclass(frozen=True)
class Mine:
    """A group that a person is in, and how much of what was said there they have not seen."""

    group: Group
    membership: Follow
    unread: int


def visible_to(viewer: Person | None) -> QuerySet[Group]:
    """Groups whose page `viewer` may open: hidden ones only for members."""
    if viewer is None:
        return Group.objects.exclude(kind=Group.Kind.HIDDEN)
    return Group.objects.filter(~Q(kind=Group.Kind.HIDDEN) | Q(pk__in=groups_of(viewer)))


def open_to(viewer: Person | None) -> QuerySet[Group]:
    """Groups inside which `viewer` may look: at their threads, and at who is in them."""
    is_open = Q(kind=Group.Kind.OPEN)
    return Group.objects.filter(is_open if viewer is None else is_open | Q(pk__in=groups_of(viewer)))


def find(viewer: Person | None, slug: str) -> Group:
    """A group that `viewer` may see, by its address or a former one, with its stream. Two queries at most.

    Raises NotVisible.
    """
    seen = visible_to(viewer).select_related("stream")
    group = seen.filter(slug=slug).first()
    group = group or seen.filter(former_slugs__slug=slug).order_by("-former_slugs__pk").first()
    if group is None:
        raise NotVisible
    return group


def membership(person: Person | None, group: Group) -> Follow | None:
    """The follow that makes `person` a member or says that they asked; None for anybody else."""
    if person is None:
        return None
    return Follow.objects.filter(follower=person, stream=group.pk).first()


def removed_from(person: Person | None, group_ids: Iterable[int]) -> set[int]:
    """Those of some groups that removed `person` and have not let them in again. One query at most."""
    among = list(group_ids)
    if person is None or not among:
        return set()
    return set(Removal.objects.filter(person=person, group__in=among).values_list("group", flat=True))


def was_removed(person: Person | None, group: Group) -> bool:
    """Whether only those who look after the group can let `person` in. One query, none signed out."""
    return bool(removed_from(person, [group.pk]))


def may_look_inside(viewer: Person | None, group: Group) -> bool:
    """Whether `viewer` may see a group's threads and members. One query, none for an open group."""
    if group.kind == Group.Kind.OPEN:
        return True
    return viewer is not None and groups_of(viewer).filter(stream=group.pk).exists()


def ensure_role(person: Person, group: Group, *roles: Follow.Role) -> Follow:
    """The membership of `person`, in one of `roles` where any are named.

    Raises NotVisible where they may not see the group, Refused where they lack the role.
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
    """Raises Refused for a group that has been closed."""
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
    """Whether a page shows who is here to `person`, who may write there."""
    return person is not None and group is not None and person.shows_presence and group.shows_presence


def joined_by(person: Person) -> QuerySet[Group]:
    """The groups that `person` is a member of and that are not closed, by name."""
    return Group.objects.filter(pk__in=groups_of(person), closed_at=None).order_by("name")


def to_post_in(person: Person) -> list[Group]:
    """The groups that `person` may post to, by name. One query."""
    return list(instances(joined_by, person))


def mine(person: Person) -> list[Mine]:
    """The groups that `person` is in: those with something new first, then by name. Two queries."""
    memberships = list(instances(_memberships, person))
    new = unread.in_groups(person, memberships)
    found = [Mine(row.stream.group, row, new.get(row.stream_id, 0)) for row in memberships]
    return sorted(found, key=lambda one: (not one.unread, one.group.name.casefold(), one.group.pk))


def _memberships(person: Person) -> QuerySet[Follow]:
    rows = Follow.objects.filter(follower=person, stream__kind=Stream.Kind.GROUP)
    return rows.filter(state=Follow.State.ACCEPTED).select_related("stream__group")


def of_person(viewer: Person | None, person: Person) -> list[Group]:
    """The first groups, by name, in which `viewer` may know that somebody is. One query."""
    return list(open_to(viewer).filter(pk__in=groups_of(person)).order_by("name")[:MOST])


def of_posts(viewer: Person | None, posts: Iterable[Post]) -> dict[int | None, Group]:
    """The groups of posts that `viewer` may read, by id, less those that they may not see any more.

    What others wrote in a hidden group is read by members alone, so only one's own words need asking: one
    query where there are any.
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
