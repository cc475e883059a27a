"""Posts as somebody is shown them: with what they quote and answer, their poll, topics and own marks.

`show` is for pages that are opened by their address, and does not ask what the viewer muted; `show_wanted` is
for feeds and other lists, and does. Both cost the same few queries for any number of posts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from network.models import Group, Person, Poll, PollOption, Post, Topic, Vote
from network.queries import groups
from network.queries.compiled import SOMEBODY, Build, instances, these
from network.queries.marks import Marks, marks_of, with_marks
from network.queries.rights import is_wanted, may_read

# Posts inside a post: what it quotes, and what that quotes.
DEEPEST = 2


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
class Muted:
    """Stands in the place of a post that the viewer muted: nothing of it is told but its address."""

    id: int
    is_muted = True

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.id])


@dataclass(frozen=True)
class Shown:
    """A post, and what stands with it. `parent` and `quoted` are None where they may not be read.

    `group` is the one that the post is in; None also where it is hidden and the viewer, who wrote the post,
    is in it no longer. Pages name this one, never that of `post`.
    `is_cut`: it quotes a post, which is not shown because it would be too deep inside others.
    """

    post: Post
    topics: tuple[Topic, ...] = ()
    group: Group | None = None
    parent: Post | Muted | None = None
    quoted: Shown | Muted | None = None
    is_cut: bool = False
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
    return _show(_readable, viewer, post_ids)


def show_wanted(viewer: Person | None, post_ids: Iterable[int]) -> dict[int, Shown]:
    """As `show`, without posts that `viewer` muted; where others answer or quote these, they are `Muted`."""
    return _show(_wanted, viewer, post_ids)


def _show(build: Build, viewer: Person | None, post_ids: Iterable[int]) -> dict[int, Shown]:
    asked = set(post_ids)
    read = instances(_readable_by_all if viewer is None else build, viewer or SOMEBODY, posts=asked)
    return _shown(viewer, asked, {post.pk: post for post in read})


def _wanted(viewer: Person) -> QuerySet[Post]:
    return _readable(viewer).annotate(is_wanted=is_wanted(viewer))


def _readable(viewer: Person | None) -> QuerySet[Post]:
    """Posts, what they answer, and what they quote down to the deepest, as far as `viewer` may read them."""
    rows = Post.objects.filter(pk__in=these("posts"))
    others = (rows.values(path) for path in ("parent", "quotes", "quotes__quotes"))
    with_others = rows.values("pk").union(*others)
    posts = _whole(Post.objects.filter(may_read(viewer), pk__in=with_others))
    posts = posts.annotate(has_poll=Exists(Poll.objects.filter(pk=OuterRef("pk"))))
    return posts if viewer is None else with_marks(viewer, posts)


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


def _shown(viewer: Person | None, asked: set[int], read: dict[int, Post]) -> dict[int, Shown]:
    topics = _topics({post.thread_id for post in read.values()})
    in_groups = groups.of_posts(viewer, read.values())
    polls = _polls(viewer, [post for post in read.values() if post.has_poll])  # type: ignore[attr-defined]
    muted = {id: Muted(id) for id, post in read.items() if not getattr(post, "is_wanted", True)}

    def quoted(post: Post, depth: int = 1) -> Shown | Muted | None:
        id = post.quotes_id or 0
        if id in muted or id not in read:
            return muted.get(id)
        other, is_deepest = read[id], depth == DEEPEST
        return Shown(
            other,
            topics[other.thread_id],
            in_groups.get(other.thread.group_id),
            quoted=None if is_deepest else quoted(other, depth + 1),
            is_cut=is_deepest and other.quotes_id is not None,
            poll=polls.get(id),
        )

    return {
        id: Shown(
            post,
            topics=topics[post.thread_id],
            group=in_groups.get(post.thread.group_id),
            parent=muted.get(post.parent_id or 0) or read.get(post.parent_id or 0),
            quoted=quoted(post),
            poll=polls.get(post.pk),
            marks=None if viewer is None else marks_of(viewer, post),
        )
        for id, post in read.items()
        if id in asked and id not in muted
    }


def _topics(threads: Iterable[int]) -> dict[int, tuple[Topic, ...]]:
    found: dict[int, tuple[Topic, ...]] = defaultdict(tuple)
    for topic in instances(_topics_of, SOMEBODY, posts=threads):
        found[topic.post_id] += (topic,)
    return found


def _topics_of(nobody: Person) -> QuerySet[Topic]:
    """The topics of some posts, one row for each post, in the order in which they were given."""
    rows = Topic.objects.filter(threads__post__in=these("posts"))
    return rows.annotate(post_id=F("threads__post_id")).order_by("threads__pk")


def _polls(viewer: Person | None, posts: list[Post]) -> dict[int, PollShown]:
    if not posts:
        return {}
    by_id = {post.pk: post for post in posts}
    options: dict[Poll, list[PollOption]] = defaultdict(list)
    for option in instances(_options, viewer or SOMEBODY, polls=by_id):
        options[option.poll].append(option)
    return {poll.pk: _poll(viewer, by_id[poll.pk], poll, of_poll) for poll, of_poll in options.items()}


def _options(person: Person) -> QuerySet[PollOption]:
    votes = Vote.objects.filter(person=person, option=OuterRef("pk"))
    rows = PollOption.objects.filter(poll__in=these("polls")).select_related("poll").order_by("position")
    return rows.annotate(chosen=Exists(votes))


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
                bool(option.chosen),  # type: ignore[attr-defined]
            )
            for option in options
        ),
        voted=voted,
        may_vote=may_vote,
        is_counted=not may_vote or (viewer is not None and post.author_id == viewer.pk),
    )
