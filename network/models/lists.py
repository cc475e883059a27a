"""Where a person reads what they follow: lists beside home, and how far they have read each."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models.people import Person


class List(models.Model):
    """A feed beside home, for some of what its owner follows. Nobody else follows it or sees it.

    Its id is from the one space of ids, so that an id alone says which feed is meant: a home has that of
    its person.
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
    """How far a person has read a feed of theirs, home or a list, on whatever device.

    What a page has shown counts as read when the feed is opened again.
    """

    feed = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="markers")
    shown_id = models.BigIntegerField()
    read_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.person_id} read {self.feed} to {self.read_id}"
