"""The threads of a group, ordered by their newest comment."""

from __future__ import annotations

from dataclasses import dataclass

from network.models import Follow, Group, Person
from network.queries import latest, unread
from network.queries.latest import Cut
from network.queries.listing import Rows
from network.queries.posts import readable_by
from network.queries.showing import Shown, show
from network.queries.unread import Unread

PAGE = 20


@dataclass(frozen=True)
class Discussion:
    """A thread of a group, and its comments that a member has not seen."""

    shown: Shown
    unread: Unread | None = None


def find_page(
    viewer: Person | None, group: Group, membership: Follow | None, cut: Cut | None = None
) -> Rows[Discussion]:
    """A page of the threads of `group` that `viewer` may read. Eight queries at most."""
    rows = readable_by(viewer).filter(group=group, parent=None).only("pk", "newest_id")
    found = latest.page(rows, cut, size=PAGE)
    ids = [root.pk for root in found.rows]
    shown = show(viewer, ids)
    new: dict[int, Unread] = {}
    if viewer is not None and membership is not None and membership.state == Follow.State.ACCEPTED:
        new = unread.in_threads(viewer, ids, membership)
    return found.map(lambda roots: [Discussion(shown[id], new.get(id)) for id in ids if id in shown])
