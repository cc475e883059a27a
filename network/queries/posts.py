"""Posts that a person may read, and threads that they may write in.

For a person who may not read a post it does not exist.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from network.errors import NotVisible, Refused
from network.models import Group, Person, Post
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, Parameter
from network.queries.rights import MODERATING, OPEN_AUDIENCES, Viewer, groups_of, is_admitted, may_read
from network.queries.writing import as_member, may_write_in

# What a post needs to be shown or changed.
WHOLE = ("author", "thread", "thread__author", "thread__group")
WHOLE_POSTS = Instances(Post, WHOLE)


def readable_by(viewer: Viewer | None) -> QuerySet[Post]:
    """The posts that `viewer` may read; None is a visitor who is signed out."""
    return Post.objects.filter(may_read(viewer))


def find(viewer: Person | None, post_id: int) -> Post:
    """A post that `viewer` may read, with its author and thread. One query. Raises NotVisible."""
    if viewer is None:
        rows = fetch(_found, None, post=post_id)
    else:
        rows = fetch(_found, PERSON, post=post_id, person=viewer.pk)
    for post in WHOLE_POSTS.read(rows):
        return post
    raise NotVisible


def _found(viewer: Parameter | None) -> QuerySet[Post, Any]:
    return WHOLE_POSTS.select(readable_by(viewer).filter(pk=Parameter("post")))


def moderates(person: Person, group_id: int | None) -> bool:
    """Whether `person` is a moderator or owner of the group. One query; none without a group."""
    return group_id is not None and groups_of(person, MODERATING).filter(stream=group_id).exists()


def may_comment(person: Person, thread: Post) -> bool:
    """Whether `person` may write in `thread`, a root that they may read or have commented on. One query."""
    return bool(fetch(_open_to_person, person=person.pk, thread=thread.pk))


def _open_to_person() -> QuerySet[Any, Any]:
    rows = Post.objects.filter(may_write_in(PERSON), is_admitted(PERSON), pk=Parameter("thread"))
    return rows.values_list("pk")


def may_change(person: Person, thread: Post) -> bool:
    """Whether `person` may still edit their posts in `thread`, a root. One query."""
    return Post.objects.filter(as_member(person), is_admitted(person), pk=thread.pk).exists()


def why_not_comment(person: Person, thread: Post) -> str:
    """A sentence that says why `person` may not write in the thread; empty if they may."""
    if may_comment(person, thread):
        return ""
    if thread.group is not None:
        is_member = groups_of(person).filter(stream=thread.group_id).exists()
        if not is_member and thread.group.kind == Group.Kind.HIDDEN:
            return _("You are not in this group any more.")
        if thread.group.closed_at is not None:
            return _("This group is closed.")
        if not is_member:
            return _("Join the group to write in it.")
    return _("The author of this thread chose who can comment, and you are not among them.")


def ensure_may_comment(person: Person, thread: Post) -> None:
    """Raises Refused if `person` may not write in the thread."""
    if why := why_not_comment(person, thread):
        raise Refused(why)


def ensure_may_change(person: Person, thread: Post) -> None:
    """Raises Refused if `person` may only read and delete their posts in the thread, not edit them."""
    if not may_change(person, thread):
        raise Refused(_("You can no longer write here. You can still delete what you wrote."))


def may_reshare(thread: Post) -> bool:
    """Whether posts of this thread may be reshared: by anyone if it is public, else inside its group."""
    return thread.audience in OPEN_AUDIENCES or thread.group_id is not None
