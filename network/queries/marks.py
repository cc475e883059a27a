"""What a viewer did with a post, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from network.models import Bookmark, Like, Mute, Person, Post, Reshare, Watch
from network.queries.parameters import Parameter
from network.queries.rights import OPEN_AUDIENCES, groups_of
from network.queries.writing import may_write_in


@dataclass(frozen=True)
class Marks:
    """What the viewer did with a post, and what they may do. None of this exists for visitors."""

    own: bool
    saved: bool
    thanked: bool
    reshared: bool
    watch: str  # the notification level of the thread: a Watch.Level, or "" if none was chosen
    muted: bool  # the thread
    may_comment: bool
    may_reshare: bool
    may_hide: bool

    @property
    def watched(self) -> bool:
        """Whether the viewer is notified of every comment in the thread."""
        return self.watch == Watch.Level.ALL


# The annotations of `with_marks`.
ANNOTATIONS = {
    "saved": bool,
    "thanked": bool,
    "reshared": bool,
    "watch": str,
    "muted": bool,
    "may_comment": bool,
    "may_reshare": bool,
}


def with_marks(viewer: Parameter, posts: QuerySet[Post]) -> QuerySet[Post]:
    """Posts with the annotations that `marks_of` reads."""
    here, thread = OuterRef("pk"), OuterRef("thread")
    return posts.annotate(
        saved=Exists(Bookmark.objects.filter(person=viewer, post=here)),
        thanked=Exists(Like.objects.filter(person=viewer, post=here)),
        reshared=Exists(Reshare.objects.filter(person=viewer, post=here)),
        watch=Coalesce(
            Subquery(Watch.objects.filter(person=viewer, thread=thread).values("level")), Value("")
        ),
        muted=Exists(Mute.objects.filter(person=viewer, thread=thread)),
        may_comment=Exists(Post.objects.filter(may_write_in(viewer), pk=thread)),
        may_reshare=Exists(Post.objects.filter(_may_reshare(viewer), pk=thread)),
    )


def _may_reshare(viewer: Parameter) -> Q:
    return Q(audience__in=OPEN_AUDIENCES) | Q(group__in=groups_of(viewer))


def marks_of(viewer: Person, post: Post) -> Marks:
    return Marks(
        own=post.author_id == viewer.pk,
        saved=post.saved,  # type: ignore[attr-defined]
        thanked=post.thanked,  # type: ignore[attr-defined]
        reshared=post.reshared,  # type: ignore[attr-defined]
        watch=post.watch,  # type: ignore[attr-defined]
        muted=post.muted,  # type: ignore[attr-defined]
        may_comment=post.may_comment,  # type: ignore[attr-defined]
        may_reshare=post.may_reshare,  # type: ignore[attr-defined]
        may_hide=post.thread.author_id == viewer.pk and not post.is_root,
    )
