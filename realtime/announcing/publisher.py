"""Publish announcements to all processes over Redis. An act waits for Redis 0.2 s at most.

A process that dies between its commit and its announcement leaves a Delivery behind, and the sweeper
publishes it. A message may be published twice: switchboards and pages drop the second one by its id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from feeds.delivery import outbox
from network.models import Activity, Delivery
from realtime.announcing import announcements
from realtime.protocol.messages import Message, feed_read, thread_channel

log = logging.getLogger(__name__)

KIND = "announcement"
TIMEOUT = 0.2  # seconds


def announce(activity: Activity, **kwargs: Any) -> None:
    """Receive `activity_recorded`: do the delivery of the activity now, unless a worker was quicker."""
    deliveries = list(Delivery.objects.filter(activity=activity, kind=KIND))
    for delivery in deliveries:
        delivery.activity = activity
    outbox.deliver(deliveries)


def deliver(activity: Activity, batch: int = 0) -> None:
    """Publish the messages of an activity. Raises RedisError."""
    publish(announcements.messages_of([activity], shown=_shown_threads(activity)))


def publish_delivered(people: Iterable[int], kind: str, id: int, feed: int = 0, **kwargs: Any) -> None:
    """Receive `delivered`: tell the pages of people that they have new notifications, or have read a feed."""
    if kind == "read":
        try_to_publish([feed_read(person, feed, id) for person in people])
    else:
        try_to_publish([Message("unread", id, people=tuple(people))])


def publish(messages: Iterable[Message]) -> None:
    """Publish messages on each of their channels, in one round trip. Raises RedisError."""
    pipeline = client().pipeline(transaction=False)
    for message in messages:
        encoded = message.encode()
        for channel in dict.fromkeys(message.channels):
            pipeline.publish(channel, encoded)
    pipeline.execute()


def try_to_publish(messages: Iterable[Message]) -> None:
    """Publish messages that a page also learns in another way, later. A failure is logged."""
    try:
        publish(messages)
    except redis.RedisError as error:
        log.warning("Redis does not answer; open pages hear of it later: %s", error)


def _shown_threads(activity: Activity) -> set[int]:
    """The thread of an activity if some page shows it, so that no card is rendered that no page needs.

    A page that subscribes after this question finds the comment in the database.
    """
    if activity.post is None:
        return set()
    thread = activity.post.thread_id
    [(_channel, subscribers)] = client().pubsub_numsub(thread_channel(thread))
    return {thread} if subscribers else set()


@cache
def client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.CHANNELS_REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )
