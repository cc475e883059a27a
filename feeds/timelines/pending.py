"""Merging what is still owed to timelines into a timeline that is read, while deliveries are late.

Where workers do not keep up, a home that was read from publications instead would make the database slower
still. What is owed is few beside that, and one query serves all readers of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.delivery import backlog
from feeds.timelines.store import Timeline
from network.models import Activity, Publication

MOST = 1000  # ids that are merged; below the last of more the database answers


@dataclass(frozen=True)
class Pending:
    """The newest ids that are owed to timelines. They are read again when the backlog is."""

    ids: Sequence[int] = ()
    backlog: backlog.Behind | None = None


_pending = Pending()


def with_pending(timeline: Timeline) -> Timeline:
    """A timeline as it will be when what is owed has been delivered, where that is late."""
    owed = _ids() if backlog.is_late() else ()
    if not owed:
        return timeline
    floor = max(timeline.floor, owed[-1] - 1 if len(owed) == MOST else 0)
    found = {id for id in (*timeline.ids, *owed) if id > floor}
    return Timeline(sorted(found, reverse=True), floor)


def _ids() -> Sequence[int]:
    """The newest ids that are owed. Two queries in two seconds for each process."""
    global _pending
    if _pending.backlog is not backlog.current():
        _pending = Pending(_owed(), backlog.current())
    return _pending.ids


def _owed() -> list[int]:
    """Acts, and threads that came to further topics."""
    activities = Activity.objects.filter(deliveries__kind=backlog.KIND).order_by("-pk")
    found = set(activities.values_list("pk", flat=True)[:MOST])
    threads = activities.filter(type=Activity.Type.UPDATE, post__isnull=False).values("post__thread")
    gained = Publication.objects.filter(thread__in=threads).order_by("-activity")
    found.update(gained.values_list("activity", flat=True)[:MOST])
    return sorted(found, reverse=True)[:MOST]
