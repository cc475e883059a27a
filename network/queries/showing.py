"""Posts as somebody is shown them: with what they quote and answer, their poll, topics and own marks.

Whatever the number of posts, `show` asks the same few questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value

from network.models import (
    Bookmark,
    Group,
    Like,
    Mute,
    Person,
    Poll,
    PollOption,
    Post,
    PostTopic,
    Reshare,
    Topic,
    Vote,
    Watch,
)
from network.queries import groups
from network.queries.compiled import SOMEBODY, instances, these
from network.queries.posts import may_write_in
from network.queries.rights import OPEN_AUDIENCES, groups_of, may_read


@dataclass(frozen=True)
class Marks:
    """What the viewer did with a post, and what they may do. There are none for somebody signed out."""

    own: bool
    saved: bool
    thanked: bool
    reshared: bool
    watch: str  # how much one hears of the thread: a Watch.Level, or "" where nothing was chosen
    muted: bool  # the thread
    may_comment: bool
    may_reshare: bool
    may_hide: bool

    @property
    def watched(self) -> bool:
        """Whether every comment of the thread is told."""
        return self.watch == Watch.Level.ALL


@dataclass(frozen=True)
class OptionShown:
    position: int
    text: str
    votes: int
    percent: int
    chosen: bool


@dataclass(frozen=True)
class PollShown:
    """A poll; who has not voted sees how it goes only when it is over, or when it is their own.

    `is_counted`: the viewer sees how it goes.
    """

    poll: Poll
    options: tuple[OptionShown, ...]
    voted: bool
    may_vote: bool
    is_counted: bool


@dataclass(frozen=True)
class Shown:
    """A post, and what stands with it. `parent` and `quoted` are None where they may not be read.

    `group` is the one that the post is in; None also where it is hidden and the viewer, who wrote the post,
    is in it no longer. Pages name this one, never that of `post`.
    """

    post: Post
    topics: tuple[Topic, ...] = ()
    group: Group | None = None
    parent: Post | None = None
    quoted: Shown | None = None
    poll: PollShown | None = None
    marks: Marks | None = None


@dataclass(frozen=True)
class Card:
    """A post as it stands in a list; feeds have cards of their own, which say who brought it and why."""

    shown: Shown


def show(viewer: Person | None, post_ids: Iterable[int]) -> dict[int, Shown]:
    """Those of some posts that `viewer` may read, by id.

    Two queries, one more where there are polls, and one where `viewer` wrote in hidden groups.
    """
    asked = set(post_ids)
    build = _readable_by_all if viewer is None else _readable
    read = instances(build, viewer or SOMEBODY, posts=asked)
    return _shown(viewer, asked, {post.pk: post for post in read})


def _readable(viewer: Person | None) -> QuerySet[Post]:
    """Posts, and what they answer and quote, as far as `viewer` may read them."""
    rows = Post.objects.filter(pk__in=these("posts"))
    with_others = rows.values("pk").union(rows.values("parent"), rows.values("quotes"))
    return _with_marks(viewer, Post.objects.filter(may_read(viewer), pk__in=with_others))


def _readable_by_all(nobody: Person) -> QuerySet[Post]:
    return _readable(None)


def cards(viewer: Person | None, post_ids: Iterable[int]) -> tuple[Card, ...]:
    """As `show`, in the order of the ids."""
    ids = list(post_ids)
    shown = show(viewer, ids)
    return tuple(Card(shown[id]) for id in ids if id in shown)


def neutral(post_id: int) -> Shown | None:
    """A post without a viewer, for who has already asked whether each reader may read it.

    Nothing in it depends on a right: no parent, no quoted post, no marks.
    """
    post = _whole(Post.objects.filter(pk=post_id, deleted_at=None)).first()
    return None if post is None else Shown(post)


def _whole(posts: QuerySet[Post]) -> QuerySet[Post]:
    return posts.select_related("author", "thread__author", "thread__group")


def _with_marks(viewer: Person | None, posts: QuerySet[Post]) -> QuerySet[Post]:
    here = OuterRef("pk")
    posts = posts.annotate(has_poll=Exists(Poll.objects.filter(pk=here)))
    if viewer is None:
        return _whole(posts)
    thread = OuterRef("thread")
    return _whole(posts).annotate(
        saved=Exists(Bookmark.objects.filter(person=viewer, post=here)),
        thanked=Exists(Like.objects.filter(person=viewer, post=here)),
        reshared=Exists(Reshare.objects.filter(person=viewer, post=here)),
        watch=Subquery(Watch.objects.filter(person=viewer, thread=thread).values("level")),
        muted=Exists(Mute.objects.filter(person=viewer, thread=thread)),
        may_comment=Exists(Post.objects.filter(may_write_in(viewer), pk=thread)),
        may_reshare=Exists(Post.objects.filter(_may_reshare(viewer), pk=thread)),
    )


def _may_reshare(viewer: Person) -> Q:
    return Q(audience__in=OPEN_AUDIENCES) | Q(group__in=groups_of(viewer))


def _shown(viewer: Person | None, asked: set[int], read: dict[int, Post]) -> dict[int, Shown]:
    topics = _topics({post.thread_id for post in read.values()})
    in_groups = groups.of_posts(viewer, read.values())
    polls = _polls(viewer, [post for post in read.values() if post.has_poll])  # type: ignore[attr-defined]

    def quoted(post: Post) -> Shown | None:
        other = read.get(post.quotes_id or 0)
        if other is None:
            return None
        group = in_groups.get(other.thread.group_id)
        return Shown(other, topics[other.thread_id], group, poll=polls.get(other.pk))

    return {
        id: Shown(
            post,
            topics=topics[post.thread_id],
            group=in_groups.get(post.thread.group_id),
            parent=read.get(post.parent_id or 0),
            quoted=quoted(post),
            poll=polls.get(post.pk),
            marks=None if viewer is None else _marks(viewer, post),
        )
        for id, post in read.items()
        if id in asked
    }


def _marks(viewer: Person, post: Post) -> Marks:
    return Marks(
        own=post.author_id == viewer.pk,
        saved=post.saved,  # type: ignore[attr-defined]
        thanked=post.thanked,  # type: ignore[attr-defined]
        reshared=post.reshared,  # type: ignore[attr-defined]
        watch=post.watch or "",  # type: ignore[attr-defined]
        muted=post.muted,  # type: ignore[attr-defined]
        may_comment=post.may_comment,  # type: ignore[attr-defined]
        may_reshare=post.may_reshare,  # type: ignore[attr-defined]
        may_hide=post.thread.author_id == viewer.pk and not post.is_root,
    )


def _topics(threads: Iterable[int]) -> dict[int, tuple[Topic, ...]]:
    found: dict[int, tuple[Topic, ...]] = defaultdict(tuple)
    for about in PostTopic.objects.filter(post__in=threads).select_related("topic").order_by("pk"):
        found[about.post_id] += (about.topic,)
    return found


def _polls(viewer: Person | None, posts: list[Post]) -> dict[int, PollShown]:
    if not posts:
        return {}
    by_id = {post.pk: post for post in posts}
    options: dict[Poll, list[PollOption]] = defaultdict(list)
    rows = PollOption.objects.filter(poll__in=by_id).select_related("poll").order_by("position")
    votes = Vote.objects.filter(person=viewer, option=OuterRef("pk"))
    for option in rows.annotate(chosen=Exists(votes) if viewer else Value(False)):
        options[option.poll].append(option)
    return {poll.pk: _poll(viewer, by_id[poll.pk], poll, of_poll) for poll, of_poll in options.items()}


def _poll(viewer: Person | None, post: Post, poll: Poll, options: list[PollOption]) -> PollShown:
    voted = any(option.chosen for option in options)  # type: ignore[attr-defined]
    is_closed = post.thread.group is not None and post.thread.group.closed_at is not None
    may_vote = poll.is_open and not voted and not is_closed
    return PollShown(
        poll,
        tuple(
            OptionShown(
                option.position,
                option.text,
                option.votes_count,
                round(100 * option.votes_count / poll.voters_count) if poll.voters_count else 0,
                option.chosen,  # type: ignore[attr-defined]
            )
            for option in options
        ),
        voted=voted,
        may_vote=may_vote,
        is_counted=not may_vote or (viewer is not None and post.author_id == viewer.pk),
    )
