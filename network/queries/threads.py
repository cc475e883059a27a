"""A page of a thread: the root, and a hundred comments in order, nested under what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Min, QuerySet

from network.errors import NotVisible
from network.ids import MAX
from network.models import Person, Post, Reading
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, Parameter
from network.queries.posts import readable_by
from network.queries.rights import Viewer
from network.queries.showing import Shown, show

PAGE = 100
# Comments before the one that a permalink leads to, if this is not on the first page.
BEFORE = 20
# Deeper comments are not indented further, for lack of room: they name the comment that they answer.
DEEPEST = 3
ROOTS = Instances(Post, ["author"])


@dataclass
class Comment:
    """A comment in its place. Without `shown` it is the tombstone of a deleted comment.

    `is_apart`: it is not placed under what it answers, so it says whom it answers.
    """

    id: int
    parent_id: int
    shown: Shown | None = None
    is_new: bool = False
    is_apart: bool = False
    replies: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class Unread:
    """The number of new comments since a person last read the thread, and the first of them."""

    count: int
    first: int


@dataclass(frozen=True)
class ThreadPage:
    """One page of a thread. `root` is None if it was deleted and has comments.

    `seen_id` is the newest id on the page; `seen` is the newest id that the viewer had read before.
    """

    id: int
    root: Shown | None
    author: Person
    comments: tuple[Comment, ...]
    after: int | None
    newer: int | None
    seen_id: int
    seen: int | None
    unread: Unread | None

    @property
    def shown_ids(self) -> list[int]:
        """The ids of the posts on this page, without tombstones."""
        found = [] if self.root is None else [self.id]
        waiting = list(self.comments)
        while waiting:
            comment = waiting.pop()
            if comment.shown is not None:
                found.append(comment.id)
            waiting += comment.replies
        return found

    @property
    def unread_is_here(self) -> bool:
        return self.unread is not None and (self.after or 0) < self.unread.first <= self.seen_id


@dataclass(frozen=True)
class Place:
    """The page with a comment: it starts `after` an id, or is the first page of the thread."""

    thread: int
    after: int | None


def find_page(viewer: Person | None, thread_id: int, after: int | None = None) -> ThreadPage:
    """A page of the thread whose root is `thread_id`. Eleven queries at most.

    Raises NotVisible if it is not a root, or if the viewer may read nothing of the thread.
    """
    roots = ROOTS.read(fetch(_root, thread=thread_id))
    if not roots:
        raise NotVisible
    root = roots[0]
    ids = _ids(viewer, thread_id, after or 0)
    newer = ids[PAGE - 1] if len(ids) > PAGE else None
    ids = ids[:PAGE]
    shown = show(viewer, [thread_id, *ids])
    if thread_id not in shown and not (root.deleted_at is not None and ids):
        raise NotVisible
    seen = _seen(viewer, thread_id)
    rows = [_comment(viewer, shown[id], seen) for id in ids if id in shown]
    return ThreadPage(
        id=thread_id,
        root=shown.get(thread_id),
        author=root.author,
        comments=_nested(thread_id, rows, _tombstones(thread_id, after, newer)),
        after=after,
        newer=newer,
        seen_id=ids[-1] if ids else thread_id,
        seen=seen,
        unread=_unread(viewer, thread_id, seen) if viewer and seen and seen < root.newest_id else None,
    )


def _root() -> QuerySet[Post, Any]:
    return ROOTS.select(Post.objects.filter(pk=Parameter("thread"), parent=None))


def place_of(viewer: Person | None, comment: Post) -> Place:
    """The page on which `viewer` finds a comment: the first page if it is there. One query."""
    before = _comments(viewer, comment.thread_id).filter(pk__lt=comment.pk).order_by("-pk")
    ids = list(before.values_list("pk", flat=True)[:PAGE])
    return Place(comment.thread_id, ids[BEFORE] if len(ids) == PAGE else None)


def _ids(viewer: Person | None, thread_id: int, after: int) -> list[int]:
    """The ids of the next comments that `viewer` may read, one more than a page holds. One query."""
    person = 0 if viewer is None else viewer.pk
    return [id for (id,) in fetch(_next_ids, viewer is None, person=person, thread=thread_id, after=after)]


def _next_ids(is_signed_out: bool) -> QuerySet[Post, Any]:
    comments = _comments(None if is_signed_out else PERSON, Parameter("thread"))
    return comments.filter(pk__gt=Parameter("after")).values_list("pk")[: PAGE + 1]


def _comments(viewer: Viewer | None, thread: int | Parameter) -> QuerySet[Post]:
    return readable_by(viewer).filter(thread=thread).exclude(parent=None).order_by("pk")


def _seen(viewer: Person | None, thread_id: int) -> int | None:
    if viewer is None:
        return None
    found = fetch(_seen_id, person=viewer.pk, thread=thread_id)
    return found[0][0] if found else None


def _seen_id() -> QuerySet[Reading, Any]:
    return Reading.objects.filter(person=PERSON, thread=Parameter("thread")).values_list("seen_id")


def _comment(viewer: Person | None, shown: Shown, seen: int | None) -> Comment:
    post = shown.post
    is_own = viewer is not None and post.author_id == viewer.pk
    is_new = seen is not None and post.pk > seen and not is_own
    return Comment(post.pk, post.parent_id or 0, shown, is_new)


def _unread(viewer: Person, thread_id: int, seen: int) -> Unread | None:
    unseen = _comments(viewer, thread_id).filter(pk__gt=seen).exclude(author=viewer).order_by()
    found = unseen.aggregate(count=Count("pk"), first=Min("pk"))
    return Unread(**found) if found["count"] else None


def _tombstones(thread_id: int, after: int | None, upto: int | None) -> list[Comment]:
    """The deleted comments in the range of a page. Their answers are nested under them."""
    below = MAX + 1 if upto is None else upto
    found = fetch(_deleted, thread=thread_id, after=after or 0, below=below)
    return [Comment(id, parent or 0) for id, parent in found]


def _deleted() -> QuerySet[Post, Any]:
    rows = Post.objects.filter(
        thread=Parameter("thread"), pk__gt=Parameter("after"), pk__lt=Parameter("below")
    )
    return rows.exclude(deleted_at=None).exclude(parent=None).values_list("pk", "parent")


def _nested(thread_id: int, rows: list[Comment], tombstones: Iterable[Comment]) -> tuple[Comment, ...]:
    """Nest each comment under the one that it answers, or at the top level if that is not on this page.

    A tombstone stays only if a readable comment is under it. Without recursion, as a thread may be deep.
    """
    here = {row.id: row for row in rows}
    graves = {grave.id: grave for grave in tombstones}
    for row in rows:
        above = row.parent_id
        while above in graves and above not in here:
            here[above] = graves[above]
            above = graves[above].parent_id
    top: list[Comment] = []
    depth: dict[int, int] = {}
    siblings: dict[int, list[Comment]] = {}
    for row in sorted(here.values(), key=lambda row: row.id):
        parent = here.get(row.parent_id)
        if parent is None or parent.id not in depth:
            depth[row.id], siblings[row.id] = 1, top
            row.is_apart = row.parent_id != thread_id
        elif depth[parent.id] < DEEPEST:
            depth[row.id], siblings[row.id] = depth[parent.id] + 1, parent.replies
        else:
            depth[row.id], siblings[row.id] = DEEPEST, siblings[parent.id]
            row.is_apart = True
        siblings[row.id].append(row)
    return tuple(top)
