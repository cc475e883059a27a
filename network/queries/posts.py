"""Finding posts through the person who looks: what they may not read does not exist."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from network.errors import NotVisible, Refused
from network.models import Follow, Mention, Person, Post
from network.queries.rights import MODERATING, OPEN_AUDIENCES, groups_of, may_read


def readable_by(viewer: Person | None) -> QuerySet[Post]:
    """The posts that `viewer` may read (None: somebody signed out)."""
    return Post.objects.filter(may_read(viewer))


def find(viewer: Person | None, post_id: int) -> Post:
    """A post that `viewer` may read, with its author and thread. One query. Raises NotVisible."""
    post = (
        readable_by(viewer)
        .select_related("author", "thread__author", "thread__group")
        .filter(pk=post_id)
        .first()
    )
    if post is None:
        raise NotVisible
    return post


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
    of_the_group = Q(**{f"{thread}group": None}) | Q(
        **{f"{thread}group__closed_at": None, f"{thread}group__in": groups_of(person)}
    )
    invited = (
        Q(**{f"{thread}author": person})
        | Q(**{commenting: Post.Commenting.EVERYONE})
        | Q(**{commenting: Post.Commenting.FOLLOWED, f"{thread}author__in": admits})
        | Q(**{commenting: Post.Commenting.NAMED, f"{thread}pk__in": names})
    )
    return of_the_group & invited


def may_comment(person: Person, thread: Post) -> bool:
    """Whether `person`, who may read `thread` (a root), may write in it. One query."""
    return Post.objects.filter(may_write_in(person), pk=thread.pk).exists()


def why_not_comment(person: Person, thread: Post) -> str:
    """A sentence that says why `person` may read the thread but not write in it; empty where they may."""
    if may_comment(person, thread):
        return ""
    if thread.group is not None and thread.group.closed_at is not None:
        return _("This group is closed.")
    if thread.group_id is not None and not groups_of(person).filter(stream=thread.group_id).exists():
        return _("Join the group to write in it.")
    return _("The author of this thread has said who may comment, and you are not among them.")


def ensure_may_comment(person: Person, thread: Post) -> None:
    """Raises Refused where `person` may read the thread but not write in it."""
    if why := why_not_comment(person, thread):
        raise Refused(why)


def may_reshare(thread: Post) -> bool:
    """Whether posts of this thread may be passed on: by anyone if open, inside its group if it has one."""
    return thread.audience in OPEN_AUDIENCES or thread.group_id is not None
