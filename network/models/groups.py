"""Where: groups discuss. Joining one is following its stream."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from network.models.people import Person
from network.models.streams import Stream


class Group(models.Model):
    """A group shares its id with its stream; its members are the stream's follows, with a role."""

    class Kind(models.TextChoices):
        OPEN = "open"  # all may read, anyone joins
        REQUEST = "request"  # its page is seen by all, its posts by members; joining is asked for
        HIDDEN = "hidden"  # does not exist for others; joining is by invitation

    stream = models.OneToOneField(Stream, models.CASCADE, primary_key=True, related_name="group")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.OPEN)
    description = models.TextField(blank=True)
    rules = models.TextField(blank=True)
    rules_html = models.TextField(blank=True)
    shows_presence = models.BooleanField(default=False)  # to its members: who of them is here, and writes
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.slug])


class FormerSlug(models.Model):
    """An address that a group had before it was hidden, or while it was. Who may see the group is led there.

    It is not reserved: where another group takes it, that one is found.
    """

    slug = models.SlugField(max_length=60)
    group = models.ForeignKey(Group, models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "group"], name="one_former_slug_a_group")]

    def __str__(self) -> str:
        return self.slug


class Removal(models.Model):
    """A moderator took somebody out of a group, and none has let them in again."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="removals")
    person = models.ForeignKey(Person, models.CASCADE, related_name="removals")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="one_removal_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} was removed from {self.group_id}"


class Invitation(models.Model):
    """A link that lets whoever holds it join a group, or `person` alone, until it expires or is withdrawn."""

    token = models.CharField(max_length=43, unique=True)
    group = models.ForeignKey(Group, models.CASCADE, related_name="invitations")
    inviter = models.ForeignKey(Person, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="invitations")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Links for all have no person, and two NULLs are never equal.
            models.UniqueConstraint(fields=["group", "person", "inviter"], name="one_invitation_a_person")
        ]

    def __str__(self) -> str:
        return f"invitation to {self.group_id}"

    def get_absolute_url(self) -> str:
        return reverse("invitation", args=[self.token])
