"""Posts as a viewer sees them: with the posts that they quote and answer, poll, topics and own marks.

`show` is for pages that are opened by their address, and does not ask what the viewer muted; `show_not_muted`
is for feeds and other lists, and does. Both cost the same few queries for any number of posts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.urls import reverse

from network.models import Group, Person, Poll, PollOption, Post, PostTopic, Topic, Vote
from network.queries import groups, marks
from network.queries.compiled import Build, fetch
from network.queries.instances import Instances
from network.queries.marks import Marks, marks_of, with_marks
from network.queries.parameters import PERSON, Parameter, ParameterList
from network.queries.posts import WHOLE
from network.queries.rights import is_not_muted, may_read

# Levels of quoted posts inside a post.
DEEPEST = 2

TOPICS = Instances(PostTopic, ["topic"])
OPTIONS = Instances(PollOption, ["poll"], {"chosen": bool})
UNMARKED = Instances(Post, WHOLE, {"has_poll": bool})
MARKED = Instances(Post, WHOLE, {"has_poll": bool, "is_not_muted": bool, **marks.ANNOTATIONS})


@dataclass(frozen=True)
class OptionShown:
    position: int
    text: str
    votes: int
    percent: int
    chosen: bool


@dataclass(frozen=True)
class PollShown:
    """A poll. Results are visible after voting, after the end, and to the author (`is_counted`)."""

    poll: Poll
    options: tuple[OptionShown, ...]
    voted: bool
    may_vote: bool
    is_counted: bool


@dataclass(frozen=True)
class Muted:
    """Takes the place of a post that the viewer muted. It has an address and no content."""

    id: int
    is_muted = True

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.id])


@dataclass(frozen=True)
class Shown:
    """A post and what is shown with it. `parent` and `quoted` are None if the viewer may not read them.

    `group` is the group of the post. It is None for an author who has left a hidden group, so pages must name
    this group and never `post.thread.group`.
    `is_cut`: it quotes a post that is not shown, because it is nested too deep.
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
    """A post in a list. Feeds have their own cards, which say why the post is there."""

    shown: Shown


def show(viewer: Person | None, post_ids: Iterable[int]) -> dict[int, Shown]:
    """Those of some posts that `viewer` may read, by id.

    Two queries, one more if there are polls, and one more if `viewer` wrote in hidden groups.
    """
    return _show(_read, viewer, post_ids)


def show_not_muted(viewer: Person | None, post_ids: Iterable[int]) -> dict[int, Shown]:
    """As `show`, without posts that `viewer` muted. A post that answers or quotes one has a `Muted`."""
    return _show(_read_not_muted, viewer, post_ids)


def _show(build: Build, viewer: Person | None, post_ids: Iterable[int]) -> dict[int, Shown]:
    asked = set(post_ids)
    if viewer is None:
        read = UNMARKED.read(fetch(_read_signed_out, posts=asked))
    else:
        read = MARKED.read(fetch(build, person=viewer.pk, posts=asked))
    return _shown(viewer, asked, {post.pk: post for post in read})


def _read_signed_out() -> QuerySet[Post, Any]:
    return UNMARKED.select(_readable(None))


def _read() -> QuerySet[Post, Any]:
    return MARKED.select(with_marks(PERSON, _readable(PERSON)).annotate(is_not_muted=Value(True)))


def _read_not_muted() -> QuerySet[Post, Any]:
    return MARKED.select(with_marks(PERSON, _readable(PERSON)).annotate(is_not_muted=is_not_muted(PERSON)))


def _readable(viewer: Parameter | None) -> QuerySet[Post]:
    """Posts, the posts that they answer and quote, and what these quote, if `viewer` may read them."""
    rows = Post.objects.filter(pk__in=ParameterList("posts"))
    others = (rows.values(path) for path in ("parent", "quotes", "quotes__quotes"))
    with_others = rows.values("pk").union(*others)
    posts = Post.objects.filter(may_read(viewer), pk__in=with_others)
    return posts.annotate(has_poll=Exists(Poll.objects.filter(pk=OuterRef("pk"))))


def cards(viewer: Person | None, post_ids: Iterable[int]) -> tuple[Card, ...]:
    """As `show`, in the order of the ids."""
    ids = list(post_ids)
    shown = show(viewer, ids)
    return tuple(Card(shown[id]) for id in ids if id in shown)


def neutral(post_id: int) -> Shown | None:
    """A post without a viewer, for callers that check themselves who may read it.

    It has nothing that depends on rights: no parent, no quoted post, no marks.
    """
    post = Post.objects.filter(pk=post_id, deleted_at=None).select_related(*WHOLE).first()
    return None if post is None else Shown(post)


def _shown(viewer: Person | None, asked: set[int], read: dict[int, Post]) -> dict[int, Shown]:
    topics = _topics({post.thread_id for post in read.values()})
    in_groups = groups.of_posts(viewer, read.values())
    polls = _polls(viewer, [post for post in read.values() if post.has_poll])  # type: ignore[attr-defined]
    muted = {id: Muted(id) for id, post in read.items() if not getattr(post, "is_not_muted", True)}

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
    for about in TOPICS.read(fetch(_post_topics, posts=threads)):
        found[about.post_id] += (about.topic,)
    return found


def _post_topics() -> QuerySet[PostTopic, Any]:
    return TOPICS.select(PostTopic.objects.filter(post__in=ParameterList("posts")).order_by("pk"))


def _polls(viewer: Person | None, posts: list[Post]) -> dict[int, PollShown]:
    if not posts:
        return {}
    by_id = {post.pk: post for post in posts}
    options: dict[Poll, list[PollOption]] = defaultdict(list)
    for option in OPTIONS.read(fetch(_options, person=0 if viewer is None else viewer.pk, polls=by_id)):
        options[option.poll].append(option)
    return {poll.pk: _poll(viewer, by_id[poll.pk], poll, of_poll) for poll, of_poll in options.items()}


def _options() -> QuerySet[PollOption, Any]:
    votes = Vote.objects.filter(person=PERSON, option=OuterRef("pk"))
    rows = PollOption.objects.filter(poll__in=ParameterList("polls")).order_by("position")
    return OPTIONS.select(rows.annotate(chosen=Exists(votes)))


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
