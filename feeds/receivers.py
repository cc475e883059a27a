"""Receivers of the signals of `network`. They run after the commit, in the process that wrote."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from feeds.delivery import queue
from feeds.notifications import notify
from network.models import Activity, Person


def enqueue(activity: Activity, **kwargs: Any) -> None:
    """Ask a worker for the deliveries of a new activity."""
    queue.send_task(activity.pk)


def mark_notifications_read(person: Person, posts: Collection[int], **kwargs: Any) -> None:
    """Mark notifications of posts as read when a person opens the thread."""
    notify.mark_posts_read(person, posts)
