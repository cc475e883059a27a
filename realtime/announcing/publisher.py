"""Telling every process, over Redis, what was just recorded. Nothing here is waited for longer than 0.2 s.

A process that dies between its commit and its announcement leaves a Delivery behind, and the sweeper
announces. Announcing twice changes nothing: switchboards and pages know each message by its id.
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
from realtime.protocol import messages
from realtime.protocol.messages import Message, thread_channel

log = logging.getLogger(__name__)

KIND = "announcement"
PATIENCE = 0.2  # seconds


def announce(activity: Activity, **kwargs: Any) -> None:
    """Hears that an activity was recorded, and does its delivery at once unless a worker was quicker."""
    deliveries = list(Delivery.objects.filter(activity=activity, kind=KIND))
    for delivery in deliveries:
        delivery.activity = activity
    outbox.deliver(deliveries)


def deliver(activity: Activity, batch: int = 0) -> None:
    """Announce an activity on the channels of all whom it may concern. Raises RedisError."""
    publish(announcements.of([activity], shown=_looked_at(activity)))


def tell_delivered(people: Iterable[int], kind: str, id: int, feed: int = 0, **kwargs: Any) -> None:
    """Hears that people have got notices, or have read on: their pages hear of it, if all is well."""
    if kind == "read":
        try_to_publish([messages.read(person, feed, id) for person in people])
    else:
        try_to_publish([Message("unread", id, people=tuple(people))])


def publish(said: Iterable[Message]) -> None:
    """One message a channel, in one round trip. Raises RedisError."""
    pipeline = client().pipeline(transaction=False)
    for message in said:
        text = message.encode()
        for channel in dict.fromkeys(message.channels):
            pipeline.publish(channel, text)
    pipeline.execute()


def try_to_publish(said: Iterable[Message]) -> None:
    """Publish what can be found out otherwise, if later."""
    try:
        publish(said)
    except redis.RedisError as error:
        log.warning("Redis does not answer; open pages hear of it later: %s", error)


def _looked_at(activity: Activity) -> set[int]:
    """The thread, where some page shows it: a card that nobody waits for is not made.

    A page that comes after the question finds the comment in the database.
    """
    if activity.post is None:
        return set()
    thread = activity.post.thread_id
    [(_channel, hearers)] = client().pubsub_numsub(thread_channel(thread))
    return {thread} if hearers else set()


@cache
def client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.CHANNELS_REDIS_URL,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
