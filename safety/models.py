"""Who may come in: the links by which administrators invite people to the site."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from network.models import Person
from network.queries.site import is_administrator

MOST_USES = 500


class SiteInvitation(models.Model):
    """A link with which up to `uses` people can make an account. It is withdrawn by deletion.

    It works until it is used up or has expired, while its inviter is an administrator: see `queries`.
    """

    token = models.CharField(max_length=43, unique=True)
    inviter = models.ForeignKey(Person, models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)  # for whom it is; only administrators see it
    uses = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_USES)])
    used = models.PositiveSmallIntegerField(default=0)  # accounts that were made with it
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uses__gte=1, uses__lte=MOST_USES, used__lte=F("uses")),
                name="used_within_its_uses",
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("site_invitation", args=[self.token])

    @property
    def is_by_administrator(self) -> bool:
        """Whether its inviter is an administrator still. No query with `inviter__user`."""
        return is_administrator(self.inviter)

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.uses

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()
