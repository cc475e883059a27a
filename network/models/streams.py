"""Streams, which people follow, and activities, which are published to streams."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from network import ids
from network.models.jobs import LeasedJob

if TYPE_CHECKING:
    from network.models.groups import Group


class Stream(models.Model):
    """What can be followed. Every person, topic and group has a stream with the same id."""

    class Kind(models.TextChoices):
        PERSON = "person"
        TOPIC = "topic"
        GROUP = "group"

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=6, choices=Kind)
    followers_count = models.PositiveIntegerField(default=0)
    # Activities with smaller ids are merged when a feed is read. The others are pushed to the followers: 0
    # pushes all of them, ids.MAX none. `actions/counting.py` sets it by the number of followers.
    pushed_from = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["id", "pushed_from"], name="pulled_streams", condition=models.Q(pushed_from__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Follow(models.Model):
    """A person follows a stream. For a group this is the membership.

    State and role decide about rights. The other fields decide about delivery: into which feed, which kinds
    of publications, and whether many of them are folded. They never change a right.
    """

    class State(models.TextChoices):
        REQUESTED = "requested"
        ACCEPTED = "accepted"

    class Role(models.TextChoices):
        NONE = ""
        MEMBER = "member"
        MODERATOR = "moderator"
        OWNER = "owner"

    class Place(models.TextChoices):
        HOME = "home"
        LIST = "list"
        DIGEST = "digest"

    class Comments(models.TextChoices):
        """Which comments a follow lets in. The rule is in `feeds/follow_rule.py`."""

        ALL = "all"
        SOME = "some"  # if the follower follows both authors, or takes part in the thread
        NONE = "none"

    # Need no indexes: those below begin with these columns.
    follower = models.ForeignKey("network.Person", models.CASCADE, related_name="follows", db_index=False)
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="follows", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.ACCEPTED)
    role = models.CharField(max_length=9, choices=Role, default=Role.NONE, blank=True)
    place = models.CharField(max_length=6, choices=Place, default=Place.HOME)
    list = models.ForeignKey("network.List", models.RESTRICT, null=True, blank=True, related_name="follows")
    # The default for people and topics. A membership starts with all.
    comments = models.CharField(max_length=4, choices=Comments, default=Comments.SOME)
    reshares = models.BooleanField(default=True)
    folds = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # The stream comes first. If the follower did, PostgreSQL would use this index and the table for
            # the follows of a person, instead of the covering index below.
            models.UniqueConstraint(fields=["stream", "follower"], name="one_follow_a_stream"),
            models.CheckConstraint(
                condition=models.Q(place="list", list__isnull=False)
                | ~models.Q(place="list") & models.Q(list=None),
                name="a_list_where_the_place_is_one",
            ),
        ]
        indexes = [
            # Covering indexes: for batches of followers, and for the follows of a feed.
            models.Index(
                fields=["stream", "state", "follower", "place", "list", "comments", "reshares"],
                name="followers_of_a_stream",
            ),
            models.Index(
                fields=["follower", "state", "stream", "place", "list", "comments", "reshares"],
                name="follows_of_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} -> {self.stream_id} ({self.state})"


class Activity(models.Model):
    """Something that a person did. All deliveries to others start from an activity.

    Every write to the domain records exactly one, in the same transaction. A Create has the id of its post,
    an Announce the id of its reshare. Where the stream is a group, `target` is the person whom an Accept,
    Invite, Offer or Remove is about; an Invite without a target is a link for everybody.
    """

    class Type(models.TextChoices):
        """Types of Activity Streams 2.0, each with its meaning here."""

        CREATE = "Create"  # a post or a comment
        UPDATE = "Update"  # an edit of a post, a person, a group or a follow's settings
        DELETE = "Delete"  # of a post, a comment or a list
        ANNOUNCE = "Announce"  # a reshare without text
        UNDO = "Undo"  # of a reshare, like, follow, block, mute or invitation; the detail says which
        LIKE = "Like"
        FOLLOW = "Follow"  # of a person or topic, accepted or requested
        JOIN = "Join"  # of a group, accepted or requested
        LEAVE = "Leave"  # a group
        ACCEPT = "Accept"  # a request to follow or join
        REJECT = "Reject"  # a request, or a follower
        REMOVE = "Remove"  # a member from a group, or a bookmark
        ADD = "Add"  # a bookmark, a watched thread
        INVITE = "Invite"  # to a group
        OFFER = "Offer"  # a role in a group
        BLOCK = "Block"
        IGNORE = "Ignore"  # a mute
        FLAG = "Flag"  # a comment hidden in or shown again in one's own thread
        VOTE = "Vote"  # in a poll; the one type that Activity Streams lacks

    id = models.BigIntegerField(primary_key=True)
    type = models.CharField(max_length=8, choices=Type)
    actor = models.ForeignKey("network.Person", models.CASCADE, related_name="activities")
    post = models.ForeignKey("network.Post", models.CASCADE, null=True, related_name="activities")
    stream = models.ForeignKey(Stream, models.CASCADE, null=True, related_name="activities")
    # No query selects by target.
    target = models.ForeignKey("network.Person", models.CASCADE, null=True, related_name="+", db_index=False)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["actor", "-id"], name="activities_of_an_actor")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk} by {self.actor_id}"

    @classmethod
    def from_db(cls, *args: Any, **options: Any) -> Self:
        activity = super().from_db(*args, **options)
        # During an upgrade, processes of the former version still write rows after migration 0018. Such a row
        # names the target in its detail, as `person`.
        loaded = activity.__dict__
        if loaded.get("target_id", 0) is None and (person := loaded.get("detail", {}).get("person")):
            activity.target_id = int(person)
        return activity

    @property
    def at(self) -> datetime:
        return ids.at(self.pk)

    @property
    def group(self) -> Group | None:
        """The group that it is about; None if it is about no stream, or about that of a person or topic."""
        if self.stream is None or self.stream.kind != Stream.Kind.GROUP:
            return None
        return self.stream.group


class Publication(models.Model):
    """An activity appears in a stream. `queries.rights` decides who may read it.

    Thread, actor, kind and `answered` are copies, so that the indexes of this table are enough to read a
    feed. `answered` is the author of the post that a comment answers; None for posts and reshares.
    """

    class Kind(models.TextChoices):
        POST = "post"
        COMMENT = "comment"
        RESHARE = "reshare"

    stream = models.ForeignKey(Stream, models.CASCADE, related_name="publications")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="publications")
    thread = models.ForeignKey("network.Post", models.CASCADE, related_name="publications")
    actor = models.ForeignKey("network.Person", models.CASCADE, related_name="publications")
    kind = models.CharField(max_length=7, choices=Kind)
    answered = models.ForeignKey(
        "network.Person", models.CASCADE, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "stream"], name="one_publication_a_stream")
        ]
        indexes = [
            models.Index(
                fields=["stream", "-activity", "kind", "thread", "actor", "answered"],
                name="newest_of_a_stream",
            ),
            models.Index(
                fields=["thread", "activity", "stream", "kind", "actor"], name="publications_of_a_thread"
            ),
            models.Index(fields=["actor", "-activity", "thread"], name="publications_of_an_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.activity_id} in {self.stream_id}"


class Delivery(LeasedJob):
    """A pending delivery of an activity: one row for each kind and batch, deleted when it is done.

    A worker may do a delivery a second time after its lease has expired. That changes nothing.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20)
    batch = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["kind", "activity", "batch"], name="one_delivery_a_batch")
        ]
        indexes = [models.Index(fields=["leased_until", "id"], name="deliveries_to_do")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.activity_id}"
