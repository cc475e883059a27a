"""Notifications and letters, and how a person wants them. Timelines are not here: they are in Redis."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models import Activity, Person
from network.models.jobs import LeasedJob


class Notification(models.Model):
    """A person is notified of an activity: at most once, for the reason with the highest priority.

    Whether the person may still see the activity is asked whenever the row is read or mailed.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="notifications")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=8)  # `NotificationKind.value`
    in_kith = models.BooleanField(default=True)  # whether the page of notices shows it
    by_mail = models.BooleanField(default=False)  # whether it waits for the person's next letter
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "activity"], name="one_notice_an_activity")]
        indexes = [
            models.Index(
                fields=["person", "-activity"], name="unread_notices", condition=models.Q(read_at=None)
            ),
            models.Index(
                fields=["person", "activity"], name="notices_to_mail", condition=models.Q(by_mail=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id} by {self.activity_id}"

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.activity_id])

    @property
    def at(self) -> datetime:
        return ids.at(self.activity_id)


class Choice(models.Model):
    """The ways by which a person gets one kind of notification, if they differ from its defaults.

    A choice applies to activities after it.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=8)  # `NotificationKind.value`
    in_kith = models.BooleanField()
    by_mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_choice_a_kind")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.kind}"


class Mailing(models.Model):
    """Which letters a person asked for, and how often. Without a row the person gets none."""

    class Every(models.TextChoices):
        NEVER = "never"
        SOON = "soon"  # a few minutes after the first notification, with those that came since
        DAY = "day"
        WEEK = "week"

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="mailing")
    notices = models.CharField(max_length=5, choices=Every, default=Every.NEVER)
    digest = models.CharField(max_length=5, choices=Every, default=Every.NEVER)
    # Whether the digest also has what goes to the person's home.
    whole = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.person_id}: notices {self.notices}, digest {self.digest}"


class Letter(LeasedJob):
    """A mail to send to a person, at most one of each kind.

    A worker leases the row. It deletes the row, or moves `due_at` on, just before it sends. So a worker that
    dies before then loses nothing, and one that dies later sends nothing twice.
    """

    class Kind(models.TextChoices):
        NOTICES = "notices"
        DIGEST = "digest"

    person = models.ForeignKey(Person, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=7, choices=Kind)
    due_at = models.DateTimeField()
    # A digest has activities with ids above this.
    since = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_letter_a_kind")]
        indexes = [models.Index(fields=["due_at"], name="letters_due")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}, due {self.due_at}"
