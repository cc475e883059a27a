"""A line of the page of notices: one notification, or several that are told in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.models import Notification
from network.models import Activity, Group, Post
from network.values import Named


@dataclass(frozen=True)
class NotificationLine:
    """The newest notification of a line, and a summary of the others."""

    newest: Notification
    # The post or group that the text names. None if it names none, or a post that the person may not read.
    # A post tells by `is_not_muted` whether it may be quoted.
    subject: Post | Group | None
    people: tuple[Named, ...]  # who acted, the newest first, at most `grouping.PEOPLE_NAMED`
    people_count: int
    acts: int  # how many notifications the line holds
    is_new: bool  # at least one of them is unread
    is_waiting: bool  # a request that is not answered yet

    @property
    def activity(self) -> Activity:
        return self.newest.activity

    @property
    def at(self) -> datetime:
        return self.newest.at

    @property
    def others(self) -> int:
        """How many people acted and are not in `people`."""
        return self.people_count - len(self.people)
