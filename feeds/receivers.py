"""What the domain tells: an activity goes to a worker, notices of what was read are read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from feeds.delivery import queue
from feeds.notifications import notify
from network.models import Activity, Person


def enqueue(activity: Activity, **kwargs: Any) -> None:
    queue.send_task(activity.pk)


def mark_notices_read(person: Person, posts: Collection[int], **kwargs: Any) -> None:
    notify.mark_posts_read(person, posts)
