"""Who: a user signs in, a person acts. Harvested and remote people have no user."""

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

LONGEST_PASSWORD = 1000  # characters that are normalised


class User(AbstractUser):
    """A way to sign in. E-mail is optional; what others see is the Person."""

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Usernames are handles, which are lower case; signing in compares them so."""
        return super().normalize_username(username).lower()

    @staticmethod
    def normalize_password(password: str) -> str:
        """The form that is hashed: keyboards compose letters differently (NIST SP 800-63B, 5.1.1.2).

        A longer one stays as it is: to put thousands of marks in order would keep the process busy.
        """
        return unicodedata.normalize("NFKC", password) if len(password) <= LONGEST_PASSWORD else password

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else self.normalize_password(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password, in whatever form it was hashed or is typed now.

        A hash of another form than `normalize_password` gives is replaced, in the row as well.
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
        # The same password: validators that keep a history are told by `set_password`, and not here.
        self.password = make_password(self.normalize_password(raw_password))
        self.save(update_fields=["password"])
        return True

    class Meta(AbstractUser.Meta):
        # Names are compared with those of the few who look after the place.
        indexes = [
            models.Index(
                fields=["id"], name="users_of_staff", condition=Q(is_staff=True) | Q(is_superuser=True)
            )
        ]


class Person(models.Model):
    """An actor: what others follow, read and address. Shares its id with its stream."""

    class Scheme(models.TextChoices):
        DEVICE = ""
        PAPER = "paper"
        SLATE = "slate"

    stream = models.OneToOneField(Stream, models.CASCADE, primary_key=True, related_name="person")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    handle = models.CharField(max_length=30)
    # What it looks like (`likeness.skeleton`), of which nobody new takes another's; null where two of an
    # earlier time look alike, and for remote people.
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
    shows_presence = models.BooleanField(default=True)  # in groups that do; who stays out is told nothing
    scheme = models.CharField(max_length=5, choices=Scheme, default=Scheme.DEVICE, blank=True)
    letter_keys = models.BooleanField(default=False)
    zone = models.CharField(max_length=64, default="", blank=True)  # a name of the IANA database
    zone_chosen = models.BooleanField(default=False)  # else it follows the device that was used last

    # Moves with every change that may add older entries to this person's home; a timeline carries the
    # generation that it was built for, and counts as missing under another.
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
    """A handle that a person gave up: it leads to them and is nobody else's."""

    handle = models.CharField(max_length=30, unique=True)
    skeleton = models.CharField(max_length=60, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="former_handles")

    class Meta:
        indexes = [models.Index(fields=["skeleton"], name="former_handles_by_skeleton")]

    def __str__(self) -> str:
        return self.handle


class Block(models.Model):
    """Hides two people from each other everywhere, whoever of them asked for it."""

    blocker = models.ForeignKey(Person, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Person, models.CASCADE, related_name="blocked_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blocker", "blocked"], name="one_block_a_pair")]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class Mute(models.Model):
    """What a person does not want to meet in feeds, frames and notices: one of four things.

    Never keeps a page from being opened by its address.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="mutes")
    muted_person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="muted_by")
    topic = models.ForeignKey("network.Topic", models.CASCADE, null=True, related_name="+")
    thread = models.ForeignKey("network.Post", models.CASCADE, null=True, related_name="+")
    # Tokens with a space at each end, as in Post.words: " climate change "; and the phrase as it was typed.
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
