"""What is kept of a delivery: notices. Timelines live in Redis."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models import Activity, Person


class Notification(models.Model):
    """A person is told of an activity, once, for the strongest reason they have to hear of it.

    The row says that they were told; whether they may still see it is asked whenever it is read.
    """

    class Kind(models.TextChoices):
        FOLLOW = "follow"
        REQUEST = "request"  # to follow me, or to join a group that I look after
        ACCEPTED = "accepted"  # what I asked for
        ROLE = "role"  # I was given one in a group
        MENTION = "mention"
        MESSAGE = "message"  # in a direct thread of mine
        REPLY = "reply"  # to a comment of mine
        COMMENT = "comment"  # in a thread that I watch
        RESHARE = "reshare"  # of a post of mine, with words or without
        THANKS = "thanks"

    person = models.ForeignKey(Person, models.CASCADE, related_name="notifications")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=8, choices=Kind)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "activity"], name="one_notice_an_activity")]
        indexes = [
            models.Index(
                fields=["person", "-activity"], name="unread_notices", condition=models.Q(read_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} hears of {self.activity_id} ({self.kind})"

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.activity_id])

    @property
    def folds(self) -> bool:
        """Whether the same done by others to the same thing is told in one line with this."""
        return (
            self.kind in (self.Kind.FOLLOW, self.Kind.THANKS) or self.activity.type == Activity.Type.ANNOUNCE
        )

    @property
    def at(self) -> datetime:
        return ids.at(self.activity_id)
