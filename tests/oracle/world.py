"""All rows of the database, as they are now."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

from network.models import (
    Addressee,
    Block,
    Delivery,
    Follow,
    Group,
    Like,
    List,
    Mention,
    Mute,
    Person,
    Poll,
    PollOption,
    Post,
    PostTopic,
    Reshare,
    Site,
    Stream,
    Topic,
    Vote,
)


class World:
    """A copy of the rows, read once, with the lookups that all rules use."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.is_closed = any(not row.is_open for row in Site.objects.all())
        self.people = {row.pk: row for row in Person.objects.all()}
        self.streams = {row.pk: row for row in Stream.objects.all()}
        self.groups = {row.pk: row for row in Group.objects.all()}
        self.topics = {row.pk: row for row in Topic.objects.all()}
        self.posts = {row.pk: row for row in Post.objects.all()}
        self.reshares = list(Reshare.objects.all())
        self.follows = list(Follow.objects.all())
        self._accepted = {
            (row.follower_id, row.stream_id): row for row in self.follows if row.state == "accepted"
        }
        self.lists = list(List.objects.all())
        self.mutes = list(Mute.objects.all())
        self.likes = list(Like.objects.all())
        self.polls = list(Poll.objects.all())
        self.options = list(PollOption.objects.all())
        self.votes = list(Vote.objects.all())
        self.deliveries = list(Delivery.objects.select_related("activity"))
        self.addressed = {(row.thread_id, row.person_id) for row in Addressee.objects.all()}
        self.mentioned = {(row.post_id, row.person_id) for row in Mention.objects.all()}
        self.blocks = {frozenset((row.blocker_id, row.blocked_id)) for row in Block.objects.all()}
        self.topics_of: dict[int, set[int]] = defaultdict(set)
        for row in PostTopic.objects.all():
            self.topics_of[row.post_id].add(row.topic_id)

    def root(self, post_id: int) -> Post:
        return self.posts[self.posts[post_id].thread_id]

    def follow(self, viewer: int | None, stream: int | None) -> Follow | None:
        """The accepted follow of a stream by `viewer`. A request does not count."""
        return self._accepted.get((viewer, stream))

    def role(self, viewer: int | None, group: int | None) -> str | None:
        membership = self.follow(viewer, group)
        return membership.role if membership is not None else None

    def has_block(self, one: int | None, other: int) -> bool:
        return frozenset((one, other)) in self.blocks

    def tokens(self, post_id: int) -> list[str]:
        post = self.posts[post_id]
        return re.findall(r"\w+", f"{post.title} {post.summary} {post.text}".lower())
