"""How an act is written down: its Activity, where it is published, and what is owed to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from network import ids, registry
from network.models import Activity, Delivery, Person, Post, Publication, Stream
from network.signals import activity_recorded

# Two processes draw the same id about once in 4,096 writes of the same millisecond.
TRIES = 5

_is_announced = ContextVar("is_announced", default=True)

M = TypeVar("M", bound=models.Model)


def new_stream(kind: Stream.Kind) -> Stream:
    """Create the stream of a new person, topic or group, with an id that is free.

    The id of a topic is undated: a topic may be named in a hidden place first, and anybody who follows it
    later is told its id.
    """
    draw = ids.undated if kind == Stream.Kind.TOPIC else None
    return with_free_id(lambda free: Stream.objects.create(pk=free, kind=kind), draw)


def record(
    type: Activity.Type,
    actor: Person,
    *,
    post: Post | None = None,
    stream: Stream | None = None,
    publish_to: Iterable[int] = (),
    detail: dict[str, Any] | None = None,
) -> Activity:
    """Write down what `actor` did, inside the transaction that did it.

    `post` is the object and `stream` the object or target; `publish_to` holds the ids of the streams
    where the activity appears. A Create has the id of its post. After commit `activity_recorded` is
    sent; whatever its receivers do not get done is owed as Delivery rows.
    """

    def write(free: int) -> Activity:
        return Activity.objects.create(
            pk=free, type=type, actor=actor, post=post, stream=stream, detail=detail or {}
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
        if kind.is_needed(activity)
    )
    if _is_announced.get():
        transaction.on_commit(lambda: activity_recorded.send(sender=Activity, activity=activity), robust=True)
    return activity


@contextmanager
def unannounced() -> Iterator[None]:
    """Inside, acts are recorded and what is owed to them is written, but nobody is called to do it.

    For loading very much at once: the caller, or the sweeper, sees to what is owed.
    """
    token = _is_announced.set(False)
    try:
        yield
    finally:
        _is_announced.reset(token)


def publish(activity: Activity, post: Post, stream_ids: Iterable[int]) -> None:
    """Make an activity about a post appear in streams; once each, however often it is asked."""
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
    """Write a row under a new id, and under another where a second process drew the same."""
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return write((draw or ids.next_id)())
        except IntegrityError:
            continue
    return write((draw or ids.next_id)())
