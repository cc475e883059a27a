"""Groups. Joining a group is following its stream."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from network.models.people import Person
from network.models.streams import Stream


class Group(models.Model):
    """A group has the id of its stream. Its members are the follows of this stream that have a role."""

    class Kind(models.TextChoices):
        OPEN = "open"  # anybody may read and join
        REQUEST = "request"  # anybody sees its page, only members its posts; joining needs approval
        HIDDEN = "hidden"  # only members know that it exists; joining needs an invitation

    stream = models.OneToOneField(Stream, models.CASCADE, primary_key=True, related_name="group")
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.OPEN)
    description = models.TextField(blank=True)
    rules = models.TextField(blank=True)
    rules_html = models.TextField(blank=True)
    shows_presence = models.BooleanField(default=False)  # to members: who is online, and who types
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.slug])


class FormerSlug(models.Model):
    """A slug that a group had before it became hidden or open. It redirects people who may see the group.

    It is not reserved: if another group takes the slug, that group is found.
    """

    slug = models.SlugField(max_length=60)
    group = models.ForeignKey(Group, models.CASCADE, related_name="former_slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "group"], name="one_former_slug_a_group")]

    def __str__(self) -> str:
        return self.slug


class Removal(models.Model):
    """A moderator removed a person from a group, and no moderator has admitted them again."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="removals")
    person = models.ForeignKey(Person, models.CASCADE, related_name="removals")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="one_removal_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} was removed from {self.group_id}"


class Invitation(models.Model):
    """A link for joining a group until it expires or is withdrawn: for everybody, or only for `person`."""

    token = models.CharField(max_length=43, unique=True)
    group = models.ForeignKey(Group, models.CASCADE, related_name="invitations")
    inviter = models.ForeignKey(Person, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="invitations")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Links for everybody have no person, and two NULLs are never equal.
            models.UniqueConstraint(fields=["group", "person", "inviter"], name="one_invitation_a_person")
        ]

    def __str__(self) -> str:
        return f"invitation to {self.group_id}"

    def get_absolute_url(self) -> str:
        return reverse("invitation", args=[self.token])
