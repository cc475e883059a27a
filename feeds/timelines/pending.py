"""Merge pending deliveries into a timeline that is read, while deliveries are late.

Without this a late home would have to be read from the database, which would slow the late workers down
further. Pending deliveries are few beside the publications, and one query serves all requests of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.delivery import backlog
from feeds.timelines.store import Timeline
from network.models import Activity, Publication

MOST = 1000  # ids that are merged; below the last of so many the database answers


@dataclass(frozen=True)
class Pending:
    """The newest ids with a pending delivery to timelines, as of one measurement of the backlog."""

    ids: Sequence[int] = ()
    backlog: backlog.Backlog | None = None


_pending = Pending()


def with_pending(timeline: Timeline) -> Timeline:
    """The timeline; while deliveries are late, with the ids that are not delivered yet."""
    pending = _ids() if backlog.is_late() else ()
    if not pending:
        return timeline
    floor = max(timeline.floor, pending[-1] - 1 if len(pending) == MOST else 0)
    found = {id for id in (*timeline.ids, *pending) if id > floor}
    return Timeline(sorted(found, reverse=True), floor)


def _ids() -> Sequence[int]:
    """The newest pending ids. Two queries for each measurement of the backlog."""
    global _pending
    if _pending.backlog is not backlog.current():
        _pending = Pending(_read_ids(), backlog.current())
    return _pending.ids


def _read_ids() -> list[int]:
    """Activities with a pending delivery, and all of a thread that gained a topic."""
    activities = Activity.objects.filter(deliveries__kind=backlog.KIND).order_by("-pk")
    found = set(activities.values_list("pk", flat=True)[:MOST])
    threads = activities.filter(type=Activity.Type.UPDATE, post__isnull=False).values("post__thread")
    gained = Publication.objects.filter(thread__in=threads).order_by("-activity")
    found.update(gained.values_list("activity", flat=True)[:MOST])
    return sorted(found, reverse=True)[:MOST]
