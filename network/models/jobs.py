"""Columns of a job that one worker at a time does."""

from __future__ import annotations

from django.db import models


class LeasedJob(models.Model):
    """A row that stands for work to be done. `feeds/delivery/leases.py` gives it to one worker at a time."""

    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
