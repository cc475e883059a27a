"""Users, who sign in, and people, who act. Imported and remote people have no user."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.urls import reverse

from network import ids
from network.models.streams import Stream

LONGEST_PASSWORD = 1000  # characters; a longer one is not normalised


class User(AbstractUser):
    """An account for signing in. E-mail is optional. Others see only the Person."""

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Usernames are handles, which are lower case."""
        return super().normalize_username(username).lower()

    @staticmethod
    def normalize_password(password: str) -> str:
        """The form that is hashed, as keyboards compose letters differently (NIST SP 800-63B, 5.1.1.2).

        A password over LONGEST_PASSWORD is not normalised: this could take very long.
        """
        return unicodedata.normalize("NFKC", password) if len(password) <= LONGEST_PASSWORD else password

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else self.normalize_password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, in any Unicode normalisation form.

        If the stored hash is of another form than `normalize_password` gives, it is replaced and saved.
        """
        if raw_password is None or super().check_password(self.normalize_password(raw_password)):
            return raw_password is not None
        if len(raw_password) > LONGEST_PASSWORD:
            return False
        former = {
            raw_password,
            *(unicodedata.normalize(form, raw_password) for form in ("NFC", "NFD", "NFKD")),
        }
        if not any(map(super().check_password, former - {self.normalize_password(raw_password)})):
            return False
        # The same password: validators that keep a history, whom `set_password` tells, need not know.
        self.password = make_password(self.normalize_password(raw_password))
        self.save(update_fields=["password"])
        return True

    class Meta(AbstractUser.Meta):
        # New names are compared with those of the staff.
        indexes = [
            models.Index(
                fields=["id"], name="users_of_staff", condition=Q(is_staff=True) | Q(is_superuser=True)
            )
        ]


class Person(models.Model):
    """A person, whom others follow, read and address. A person has the id of their stream."""

    class Scheme(models.TextChoices):
        DEVICE = ""
        PAPER = "paper"
        SLATE = "slate"

    stream = models.OneToOneField(Stream, models.CASCADE, primary_key=True, related_name="person")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    handle = models.CharField(max_length=30)
    # The form for comparing look-alikes (`likeness.skeleton`), unique among new handles. Null for remote
    # people, and for older handles that look alike.
    skeleton = models.CharField(max_length=60, null=True, editable=False)
    domain = models.CharField(max_length=253, default="", blank=True)
    uri = models.URLField(null=True, blank=True, unique=True)

    name = models.CharField(max_length=80)
    bio = models.TextField(blank=True)
    bio_html = models.TextField(blank=True)
    links = models.JSONField(default=list, blank=True)
    knows = models.JSONField(default=list, blank=True)
    wants = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default="en", blank=True)

    approves_followers = models.BooleanField(default=False)
    hides_follows = models.BooleanField(default=False)
    # In groups. A person without it does not see the presence of others.
    shows_presence = models.BooleanField(default=True)
    scheme = models.CharField(max_length=5, choices=Scheme, default=Scheme.DEVICE, blank=True)
    letter_keys = models.BooleanField(default=False)
    zone = models.CharField(max_length=64, default="", blank=True)  # a name of the IANA database
    zone_chosen = models.BooleanField(default=False)  # if false, the zone of the last used device

    # Increases with every change that may add older entries to this person's home. A timeline stores the
    # generation for which it was built, and is rebuilt if it differs.
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["handle", "domain"], name="one_person_a_handle"),
            models.UniqueConstraint(fields=["skeleton"], name="one_person_a_skeleton"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.handle])

    @property
    def joined_at(self) -> datetime:
        return ids.at(self.pk)


class FormerHandle(models.Model):
    """A former handle of a person. It redirects to them, and nobody else can take it."""

    handle = models.CharField(max_length=30, unique=True)
    skeleton = models.CharField(max_length=60, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="former_handles")

    class Meta:
        indexes = [models.Index(fields=["skeleton"], name="former_handles_by_skeleton")]

    def __str__(self) -> str:
        return self.handle


class Block(models.Model):
    """Hides two people from each other everywhere, in both directions."""

    blocker = models.ForeignKey(Person, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Person, models.CASCADE, related_name="blocked_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_a_pair")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class Mute(models.Model):
    """A person, topic, thread or word that is left out of a person's feeds, live messages and notifications.

    A muted post can still be opened by its address.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="mutes")
    muted_person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="muted_by")
    topic = models.ForeignKey("network.Topic", models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey("network.Post", models.CASCADE, null=True, related_name="+")
    # Tokens with a space at each end, as in Post.words (" climate change "), and the phrase as it was typed.
    word = models.CharField(max_length=120, default="", blank=True)
    written = models.CharField(max_length=100, default="", blank=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "muted_person"], name="one_mute_a_person"),
            models.UniqueConstraint(fields=["person", "topic"], name="one_mute_a_topic"),
            models.UniqueConstraint(fields=["person", "thread"], name="one_mute_a_thread"),
            models.UniqueConstraint(
                fields=["person", "word"], condition=~models.Q(word=""), name="one_mute_a_word"
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.person_id} mutes {self.muted_person_id or self.topic_id or self.thread_id or self.word}"
        )
