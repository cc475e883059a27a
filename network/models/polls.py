"""Polls. A poll belongs to a post, and its options cannot change after the first vote."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from network.models.people import Person
from network.models.posts import Post


class Poll(models.Model):
    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="poll")
    multiple = models.BooleanField(default=False)
    closes_at = models.DateTimeField()
    voters_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"poll of {self.pk}"

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.closes_at


class PollOption(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    votes_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["poll", "position"], name="one_option_a_position")]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    option = models.ForeignKey(PollOption, models.CASCADE, related_name="votes")
    person = models.ForeignKey(Person, models.CASCADE, related_name="votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "option"], name="one_vote_an_option")]

    def __str__(self) -> str:
        return f"{self.person_id} votes {self.option_id}"
