"""What is kept of a delivery: notices and letters, and how a person wants them. Timelines live in Redis."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models import Activity, Person
from network.models.jobs import LeasedJob


class Notification(models.Model):
    """A person is told of an activity, once, for the strongest reason they have to hear of it.

    The row says that they were told, and by which ways; whether they may still see it is asked whenever it
    is read, and again when it is mailed.
    """

    class Kind(models.TextChoices):
        FOLLOW = "follow"
        REQUEST = "request"  # to follow me, or to join a group that I look after
        INVITED = "invited"  # to a group
        ACCEPTED = "accepted"  # what I asked for
        ROLE = "role"  # I was given one in a group
        GROUP = "group"  # a group of mine: I was taken out, it has a new owner, it was closed
        MENTION = "mention"
        MESSAGE = "message"  # in a direct thread of mine
        REPLY = "reply"  # to a comment of mine
        COMMENT = "comment"  # in a thread that I watch
        POST = "post"  # by somebody every post of whom I want to hear of
        THREAD = "thread"  # new in a group every thread of which I want to hear of
        RESHARE = "reshare"  # of a post of mine, with words or without
        THANKS = "thanks"

    person = models.ForeignKey(Person, models.CASCADE, related_name="notifications")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=8, choices=Kind)
    in_kith = models.BooleanField(default=True)  # on the page of notices
    by_mail = models.BooleanField(default=False)  # owed to the person's next letter
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
        return f"{self.person_id} hears of {self.activity_id} ({self.kind})"

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.activity_id])

    @property
    def at(self) -> datetime:
        return ids.at(self.activity_id)


class Choice(models.Model):
    """By which ways a person hears of one kind of notice, where they chose other than is usual.

    It holds for what happens from then on.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="choices")
    kind = models.CharField(max_length=8, choices=Notification.Kind)
    in_kith = models.BooleanField()
    by_mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_choice_a_kind")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.kind}"


class Mailing(models.Model):
    """Which letters a person asked for. Nobody gets any whom nobody asked: without a row, none."""

    class Every(models.TextChoices):
        NEVER = "never"
        SOON = "soon"  # what came within some minutes, together
        DAY = "day"
        WEEK = "week"

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="mailing")
    notices = models.CharField(max_length=5, choices=Every, default=Every.NEVER)
    digest = models.CharField(max_length=5, choices=Every, default=Every.NEVER)
    # Whether the digest also tells of what goes to the person's home.
    whole = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.person_id}: notices {self.notices}, digest {self.digest}"


class Letter(LeasedJob):
    """A mail that a person is owed: at most one of a kind, gone (or moved on) once its sending began.

    A worker leases it; one whose lease has run out is anybody's. Before the sending begins nothing is lost
    by a worker that dies, afterwards nothing is sent twice.
    """

    class Kind(models.TextChoices):
        NOTICES = "notices"
        DIGEST = "digest"

    person = models.ForeignKey(Person, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=7, choices=Kind)
    due_at = models.DateTimeField()
    # A digest tells of what has a greater id.
    since = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_letter_a_kind")]
        indexes = [models.Index(fields=["due_at"], name="letters_due")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}, due {self.due_at}"
