"""Run an intent in a given network, through the real actions."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import QuerySet

from network.actions import (
    blocks,
    edits,
    follows,
    groups,
    likes,
    memberships,
    mutes,
    polls,
    posts,
    reshares,
)
from network.actions.drafts import Draft, PollDraft
from network.actions.groups import GroupDraft
from network.models import Block, Follow, Group, Like, Person, Poll, Post, Reshare, Stream, Topic
from samples.simulation.intents import Intent

# Older posts get no comments and no likes any more.
REMEMBERED = 2000
# One in this many posts has a poll, names a person, or is in a group.
POLLS, NAMES, IN_GROUPS = 20, 4, 5

T = TypeVar("T")


class NothingToDo(Exception):
    """The intent is impossible here: no post to answer, no follow to end."""


class World:
    """The people in a random order, and the posts that they know."""

    def __init__(self, seed: int) -> None:
        self.people = list(Person.objects.order_by("handle").values_list("pk", flat=True))
        random.Random(seed).shuffle(self.people)  # noqa: S311
        newest = Post.objects.filter(deleted_at=None).order_by("-pk").values_list("pk", flat=True)
        # Each comment adds its thread once more, so active threads get more comments.
        self.posts = deque(reversed(newest[:REMEMBERED]), maxlen=REMEMBERED)
        self.acts = 0

    def act(self, intent: Intent) -> None:
        """Run an intent. Raises NothingToDo, and what the actions raise."""
        self.acts += 1
        actor = self._person(intent.actor)
        do: Callable[[Person, Intent], object] = getattr(self, f"_{intent.kind}")
        do(actor, intent)

    # Posts

    def _post(self, actor: Person, intent: Intent) -> None:
        group = self._own_group(actor) if self._each(IN_GROUPS) else None
        poll = PollDraft(("Yes", "No", "It depends")) if self._each(POLLS) else None
        draft = Draft(self._words(intent), title=intent.words[:60], group=group, poll=poll)
        self.posts.append(posts.publish(actor, draft).pk)

    def _comment(self, actor: Person, intent: Intent) -> None:
        parent = self._known_post(intent)
        posts.publish(actor, Draft(self._words(intent), parent=parent))
        self.posts.append(parent.thread_id)

    def _edit(self, actor: Person, intent: Intent) -> None:
        post = _chosen(actor.posts.filter(deleted_at=None).order_by("-pk"), intent.pick)
        edits.edit(actor, post, Draft(self._words(intent), audience=Post.Audience(post.audience)))

    def _delete(self, actor: Person, intent: Intent) -> None:
        posts.delete(actor, _chosen(actor.posts.filter(deleted_at=None).order_by("-pk"), intent.pick))

    # Marks

    def _like(self, actor: Person, intent: Intent) -> None:
        likes.like(actor, self._known_post(intent))

    def _unlike(self, actor: Person, intent: Intent) -> None:
        rows = Like.objects.filter(person=actor).select_related("post").order_by("-pk")
        likes.unlike(actor, _chosen(rows, intent.pick).post)

    def _reshare(self, actor: Person, intent: Intent) -> None:
        reshares.reshare(actor, self._known_post(intent))

    def _undo_reshare(self, actor: Person, intent: Intent) -> None:
        rows = Reshare.objects.filter(person=actor).select_related("post").order_by("-pk")
        reshares.undo(actor, _chosen(rows, intent.pick).post)

    def _vote(self, actor: Person, intent: Intent) -> None:
        poll = _chosen(Poll.objects.select_related("post").order_by("-pk"), intent.pick)
        polls.vote(actor, poll.post, [int(intent.other * 3)])

    # Follows, blocks, mutes

    def _follow(self, actor: Person, intent: Intent) -> None:
        follows.follow(actor, self._person(intent.other).stream)

    def _follow_topic(self, actor: Person, intent: Intent) -> None:
        topic = Topic.objects.filter(name=intent.topic).select_related("stream").first()
        if topic is None:
            raise NothingToDo
        follows.follow(actor, topic.stream)

    def _unfollow(self, actor: Person, intent: Intent) -> None:
        rows = Follow.objects.filter(follower=actor).exclude(stream__kind=Stream.Kind.GROUP)
        follows.unfollow(actor, _chosen(rows.select_related("stream").order_by("-pk"), intent.pick).stream)

    def _block(self, actor: Person, intent: Intent) -> None:
        blocks.block(actor, self._person(intent.other))

    def _unblock(self, actor: Person, intent: Intent) -> None:
        rows = Block.objects.filter(blocker=actor).select_related("blocked").order_by("-pk")
        blocks.unblock(actor, _chosen(rows, intent.pick).blocked)

    def _mute(self, actor: Person, intent: Intent) -> None:
        mutes.mute_thread(actor, self._known_post(intent))

    # Groups

    def _found(self, actor: Person, intent: Intent) -> None:
        number = Group.objects.count() + 1
        kind = Group.Kind.REQUEST if intent.pick > 0.8 else Group.Kind.OPEN
        groups.create(actor, GroupDraft(f"Circle {number} on {intent.topic}", kind))

    def _join(self, actor: Person, intent: Intent) -> None:
        if Group.objects.exists():
            rows = Group.objects.select_related("stream").order_by("pk")
            memberships.join(actor, _chosen(rows, intent.pick))
        else:
            self._found(actor, intent)

    def _leave(self, actor: Person, intent: Intent) -> None:
        group = self._own_group(actor)
        if group is None:
            raise NothingToDo
        memberships.leave(actor, group)

    # Finding rows

    def _person(self, place: float) -> Person:
        return Person.objects.select_related("stream").get(pk=_at(self.people, place))

    def _known_post(self, intent: Intent) -> Post:
        """Return a known post; the newest and those with most comments are the most frequent."""
        if not self.posts:
            raise NothingToDo
        newest_first = -1 - int(len(self.posts) * intent.pick)
        return Post.objects.select_related("thread").get(pk=self.posts[newest_first])

    def _own_group(self, actor: Person) -> Group | None:
        own = Follow.objects.filter(follower=actor).exclude(role=Follow.Role.NONE).order_by("-pk")
        return Group.objects.filter(stream__in=own.values("stream")).select_related("stream").first()

    def _words(self, intent: Intent) -> str:
        name = f" @{self._person(intent.other).handle}" if self._each(NAMES) else ""
        return f"{intent.words}{name} #{intent.topic}"

    def _each(self, times: int) -> bool:
        return self.acts % times == 0


def _at(things: Sequence[T], place: float) -> T:
    return things[int(len(things) * place)]


def _chosen(rows: QuerySet[Any], place: float) -> Any:
    """Return one of the first 50 rows. Raises NothingToDo where there are none."""
    some = list(rows[:50])
    if not some:
        raise NothingToDo
    return _at(some, place)
