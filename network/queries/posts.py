"""Finding posts through the person who looks: what they may not read does not exist."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from network.errors import NotVisible, Refused
from network.models import Follow, Group, Mention, Person, Post
from network.queries.compiled import SOMEBODY, ask, instances, one
from network.queries.rights import (
    MODERATING,
    OPEN_AUDIENCES,
    addressed_to,
    groups_of,
    is_admitted,
    may_read,
)


def readable_by(viewer: Person | None) -> QuerySet[Post]:
    """The posts that `viewer` may read (None: somebody signed out)."""
    return Post.objects.filter(may_read(viewer))


def find(viewer: Person | None, post_id: int) -> Post:
    """A post that `viewer` may read, with its author and thread. One query. Raises NotVisible."""
    build = _found_by_nobody if viewer is None else _found
    for post in instances(build, viewer or SOMEBODY, post=post_id):
        return cast("Post", post)
    raise NotVisible


def _found(viewer: Person | None) -> QuerySet[Post]:
    whole = readable_by(viewer).select_related("author", "thread__author", "thread__group")
    return whole.filter(pk=one("post"))


def _found_by_nobody(_viewer: Person) -> QuerySet[Post]:
    return _found(None)


def moderates(person: Person, group_id: int | None) -> bool:
    """Whether `person` looks after the group. One query, none without a group."""
    return group_id is not None and groups_of(person, MODERATING).filter(stream=group_id).exists()


def may_write_in(person: Person, thread: str = "") -> Q:
    """The threads that `person` may write in, among those they may read.

    `thread` is the prefix that leads from the queried table to the root, such as "thread__".
    """
    commenting = f"{thread}commenting"
    admits = Follow.objects.filter(stream=person.pk, state=Follow.State.ACCEPTED).values("follower")
    names = Mention.objects.filter(person=person).values("post")
    named = Q(**{f"{thread}pk__in": names}) | Q(**{f"{thread}pk__in": addressed_to(person)})
    invited = (
        Q(**{f"{thread}author": person})
        | Q(**{commenting: Post.Commenting.EVERYONE})
        | Q(**{commenting: Post.Commenting.FOLLOWED, f"{thread}author__in": admits})
        | Q(**{commenting: Post.Commenting.NAMED}) & named
    )
    return _as_member(person, thread) & invited


def _as_member(person: Person, thread: str = "") -> Q:
    """The threads that are in no group, or in one that is not closed and that `person` is in."""
    return Q(**{f"{thread}group": None}) | Q(
        **{f"{thread}group__closed_at": None, f"{thread}group__in": groups_of(person)}
    )


def may_comment(person: Person, thread: Post) -> bool:
    """Whether `person` may write in `thread` (a root), which they read or have a comment in. One query."""
    return bool(ask(_open_to, person, thread=thread.pk))


def _open_to(person: Person) -> QuerySet[Any, Any]:
    return Post.objects.filter(may_write_in(person), is_admitted(person), pk=one("thread")).values("pk")


def may_change(person: Person, thread: Post) -> bool:
    """Whether `person` may still change what they said in `thread` (a root). One query."""
    return Post.objects.filter(_as_member(person), is_admitted(person), pk=thread.pk).exists()


def why_not_comment(person: Person, thread: Post) -> str:
    """A sentence that says why `person` may not write in the thread; empty where they may."""
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
    return _("The author of this thread has said who may comment, and you are not among them.")


def ensure_may_comment(person: Person, thread: Post) -> None:
    """Raises Refused where `person` may not write in the thread."""
    if why := why_not_comment(person, thread):
        raise Refused(why)


def ensure_may_change(person: Person, thread: Post) -> None:
    """Raises Refused where `person` may read and delete what they said in the thread, but not change it."""
    if not may_change(person, thread):
        raise Refused(_("You can write here no longer. What you said stays yours to delete."))


def may_reshare(thread: Post) -> bool:
    """Whether posts of this thread may be passed on: by anyone if open, inside its group if it has one."""
    return thread.audience in OPEN_AUDIENCES or thread.group_id is not None
