"""Hears that an activity was recorded, and hands it to a worker."""

from __future__ import annotations

from typing import Any

from feeds import queue
from network.models import Activity


def enqueue(activity: Activity, **kwargs: Any) -> None:
    queue.ask_for(activity.pk)
