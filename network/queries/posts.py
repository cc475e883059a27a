"""Finding posts through the person who looks: what they may not read does not exist."""

from __future__ import annotations

from django.db.models import QuerySet
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


def may_comment(person: Person, thread: Post) -> bool:
    """Whether `person`, who may read `thread` (a root), may write in it. Two queries at most."""
    if thread.group_id is not None:
        if thread.group is not None and thread.group.closed_at is not None:
            return False
        if not groups_of(person).filter(stream=thread.group_id).exists():
            return False
    if thread.author_id == person.pk or thread.commenting == Post.Commenting.EVERYONE:
        return True
    if thread.commenting == Post.Commenting.FOLLOWED:
        return Follow.objects.filter(
            follower=thread.author_id, stream=person.pk, state=Follow.State.ACCEPTED
        ).exists()
    if thread.commenting == Post.Commenting.NAMED:
        return Mention.objects.filter(post=thread, person=person).exists()
    return False


def ensure_may_comment(person: Person, thread: Post) -> None:
    """Raises Refused where `person` may read the thread but not write in it."""
    if may_comment(person, thread):
        return
    if thread.group_id is not None and not groups_of(person).filter(stream=thread.group_id).exists():
        raise Refused(_("Join the group to write in it."))
    raise Refused(_("The author of this thread has said who may comment, and you are not among them."))


def may_reshare(thread: Post) -> bool:
    """Whether posts of this thread may be passed on: by anyone if open, inside its group if it has one."""
    return thread.audience in OPEN_AUDIENCES or thread.group_id is not None
