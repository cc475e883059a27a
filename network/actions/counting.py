"""Stored counters, updated by the actions that change what they count, and checked by `recount`.

They count what the audience of a thread may see, without regard to blocks, so every reader sees the same
number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from network import ids
from network.actions.locking import hold
from network.models import Follow, Like, Poll, PollOption, Post, Reshare, Stream, Vote

# Longer than any write transaction, plus differences between clocks.
SETTLING = timedelta(seconds=30)


def count(rows: QuerySet[Any], column: str, by: int) -> None:
    """Add to a counter in the database, so that no concurrent change is lost."""
    rows.update(**{column: F(column) + by})


def count_comment(comment: Post, by: int) -> None:
    """Add a comment to the count of its thread and, if it answers a comment, of that one."""
    above = {comment.thread_id, comment.parent_id or comment.thread_id}
    hold(*(Post(pk=id) for id in above))
    count(Post.objects.filter(pk__in=above), "comments_count", by)


def hold_branch(post: Post) -> None:
    """Lock a post, the post that it answers and its thread, whose counts change; share the group."""
    branch = {post.thread_id, post.parent_id or post.thread_id, post.pk}
    hold(*(Post(pk=id) for id in branch), shared=[post.thread.group])


def count_follower(stream_id: int, by: int) -> None:
    """Add to the followers of a stream. One statement."""
    now = F("followers_count") + by
    Stream.objects.filter(pk=stream_id).update(followers_count=now, pushed_from=_pushed_from(now))


def count_followers(stream_ids: Iterable[int]) -> None:
    """Count the followers of a few streams again."""
    rows = Stream.objects.filter(pk__in=list(stream_ids))
    rows.update(followers_count=_followers())
    settle(rows)


def settle(rows: QuerySet[Stream]) -> None:
    """Choose push or pull for streams whose followers were counted again."""
    rows.update(pushed_from=_pushed_from(F("followers_count")))


def _pushed_from(followers: Combinable) -> Case:
    """Pull starts at PULL_FROM followers; push starts again at half of them.

    Push starts a little later than now. A worker that still saw the stream as pulled may have delivered
    recent activities, to nobody.
    """
    later = ids.first_at(timezone.now() + SETTLING)
    is_few = Q(LessThanOrEqual(followers, settings.PULL_FROM // 2), pushed_from=ids.MAX)
    return Case(
        When(GreaterThanOrEqual(followers, settings.PULL_FROM), then=Value(ids.MAX)),
        When(is_few, then=Value(later)),
        default=F("pushed_from"),
        output_field=BigIntegerField(),
    )


def newest_of_thread(thread_id: int) -> None:
    """Set the newest id of a thread, after a comment was deleted or hidden."""
    Post.objects.filter(pk=thread_id).update(newest_id=_newest())


@dataclass(frozen=True)
class Mended:
    """A counter that was wrong, with the stored and the true value."""

    row: Model
    column: str
    stored: int
    counted: int


def recount(mend: bool = True) -> Iterator[Mended]:
    """Compare every counter with a count, and correct those that differ. One query for each counter."""
    for model, column, truth in (
        (Stream, "followers_count", _followers()),
        (Post, "comments_count", _comments()),
        (Post, "reshares_count", _number(Reshare.objects.filter(post=OuterRef("pk")), "post")),
        (Post, "likes_count", _number(Like.objects.filter(post=OuterRef("pk")), "post")),
        (Post, "newest_id", _newest()),
        (PollOption, "votes_count", _number(Vote.objects.filter(option=OuterRef("pk")), "option")),
        (Poll, "voters_count", _voters()),
    ):
        with transaction.atomic():
            wrong = model._default_manager.annotate(truth=truth).exclude(**{column: F("truth")})
            for row in wrong.select_for_update(of=("self",)) if mend else wrong:
                yield Mended(row, column, getattr(row, column), row.truth)
                if mend:
                    model._default_manager.filter(pk=row.pk).update(**{column: row.truth})


SEEN_BY_ALL = Q(deleted_at=None, hidden_at=None)


def _number(rows: QuerySet[Any], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _followers() -> Coalesce:
    return _number(Follow.objects.filter(stream=OuterRef("pk"), state=Follow.State.ACCEPTED), "stream")


def _comments() -> Case:
    comments = Post.objects.filter(SEEN_BY_ALL).exclude(parent=None)
    return Case(
        When(parent=None, then=_number(comments.filter(thread=OuterRef("pk")), "thread")),
        default=_number(comments.filter(parent=OuterRef("pk")), "parent"),
    )


def _newest() -> Coalesce:
    newest = Post.objects.filter(SEEN_BY_ALL, thread=OuterRef("pk")).order_by("-id").values("id")[:1]
    return Coalesce(Subquery(newest), F("id"))


def _voters() -> Coalesce:
    votes = Vote.objects.filter(option__poll=OuterRef("pk")).order_by().values("option__poll")
    return Coalesce(Subquery(votes.annotate(number=Count("person", distinct=True)).values("number")), 0)
