"""Recording activities, with their publications and pending deliveries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from network import ids, registry
from network.models import Activity, Delivery, Person, Post, Publication, Stream
from network.models.details import Detail
from network.signals import activity_recorded

# Two processes draw the same id in about one of 4,096 writes in the same millisecond.
TRIES = 5

_is_announced = ContextVar("is_announced", default=True)

M = TypeVar("M", bound=models.Model)


def new_stream(kind: Stream.Kind) -> Stream:
    """Create the stream of a new person, topic or group, with a free id.

    The id of a topic has no date: followers see it, and a topic may first be named in a hidden group.
    """
    draw = ids.undated if kind == Stream.Kind.TOPIC else None
    return with_free_id(lambda free: Stream.objects.create(pk=free, kind=kind), draw)


def record(
    type: Activity.Type,
    actor: Person,
    *,
    post: Post | None = None,
    stream: Stream | None = None,
    target: Person | None = None,
    publish_to: Iterable[int] = (),
    detail: Detail | None = None,
) -> Activity:
    """Record what `actor` did, in the transaction that did it.

    `post` or `stream` is the object; `target` is the person whom an activity in a group is about;
    `publish_to` has the ids of the streams where the activity appears. A Create has the id of its post. Each
    delivery that is needed gets a Delivery row, and `activity_recorded` is sent after the commit.
    """

    if detail is not None and type not in detail.types:
        raise TypeError(f"{type} has no detail of the class {detail.__class__.__name__}.")
    stored = detail.to_dict() if detail is not None else {}

    def write(free: int) -> Activity:
        return Activity.objects.create(
            pk=free, type=type, actor=actor, post=post, stream=stream, target=target, detail=stored
        )

    if type == Activity.Type.CREATE and post is not None:
        activity = write(post.pk)
    else:
        activity = with_free_id(write)
    if post is not None:
        publish(activity, post, publish_to)
    Delivery.objects.bulk_create(
        Delivery(activity=activity, kind=kind.value)
        for kind in registry.deliveries.values()
        if kind.needs_delivery(activity)
    )
    if _is_announced.get():
        transaction.on_commit(lambda: activity_recorded.send(sender=Activity, activity=activity), robust=True)
    return activity


@contextmanager
def unannounced() -> Iterator[None]:
    """Record activities and pending deliveries without sending `activity_recorded`.

    For bulk loading. The caller or the sweeper makes the deliveries.
    """
    token = _is_announced.set(False)
    try:
        yield
    finally:
        _is_announced.reset(token)


def publish(activity: Activity, post: Post, stream_ids: Iterable[int]) -> None:
    """Publish an activity about a post to streams. Idempotent."""
    if activity.type == Activity.Type.ANNOUNCE:
        kind = Publication.Kind.RESHARE
    else:
        kind = Publication.Kind.POST if post.is_root else Publication.Kind.COMMENT
    Publication.objects.bulk_create(
        (
            Publication(
                stream_id=stream,
                activity=activity,
                thread_id=post.thread_id,
                actor_id=activity.actor_id,
                kind=kind,
                answered_id=_answered(post) if kind == Publication.Kind.COMMENT else None,
            )
            for stream in sorted(set(stream_ids))
        ),
        ignore_conflicts=True,
    )


def _answered(comment: Post) -> int | None:
    return None if comment.parent is None else comment.parent.author_id


def with_free_id(write: Callable[[int], M], draw: Callable[[], int] | None = None) -> M:
    """Write a row with a new id, and try another id if it is taken."""
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return write((draw or ids.next_id)())
        except IntegrityError:
            continue
    return write((draw or ids.next_id)())
