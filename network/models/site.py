"""What the administrators chose for this server as a whole."""

from __future__ import annotations

from django.db import models


class Site(models.Model):
    """The choices of the administrators: one row, and none until they have chosen.

    A server is open until somebody closes it. On a closed server people who are not signed in see only how to
    come in, and an account needs an invitation.
    """

    is_open = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_site")]

    def __str__(self) -> str:
        return "open" if self.is_open else "closed"
