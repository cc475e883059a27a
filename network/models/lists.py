"""Lists, which are feeds beside home, and how far a person has read each feed."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models.people import Person


class List(models.Model):
    """A private feed beside home, for some of the streams that its owner follows.

    Its id is unique among all ids, and a home has the id of its person, so an id is enough to name a feed.
    """

    id = models.BigIntegerField(primary_key=True)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="lists")
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_list_a_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list", args=[self.pk])

    @property
    def made_at(self) -> datetime:
        return ids.at(self.pk)


class Marker(models.Model):
    """How far a person has read a feed, home or a list, on any device.

    What a page has shown counts as read when the person opens the feed again.
    """

    feed = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="markers")
    shown_id = models.BigIntegerField()
    read_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.person_id} read {self.feed} to {self.read_id}"
