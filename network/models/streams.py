"""The one idea: an activity is published to streams, and people follow streams."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from network import ids


class Stream(models.Model):
    """What can be followed: every person, topic and group has one and shares its id."""

    class Kind(models.TextChoices):
        PERSON = "person"
        TOPIC = "topic"
        GROUP = "group"

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=6, choices=Kind)
    followers_count = models.PositiveIntegerField(default=0)
    # Activities with smaller ids are merged when a feed is read, the others pushed to the followers: 0
    # pushes all, ids.MAX none. `actions/counting.py` moves it with the followers.
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
    """A person follows a stream; for a group this is membership.

    State and role give rights; place and the switches give delivery: where it goes, what of it, and whether
    much of it folds. No delivery setting changes a right.
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
        """Which comments a follow lets in. `feeds/follow_rule.py` is the rule."""

        ALL = "all"
        SOME = "some"  # where the follower follows both sides, or takes part in the thread
        NONE = "none"

    # Without indexes of their own: those below begin with them.
    follower = models.ForeignKey("network.Person", models.CASCADE, related_name="follows", db_index=False)
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="follows", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.ACCEPTED)
    role = models.CharField(max_length=9, choices=Role, default=Role.NONE, blank=True)
    place = models.CharField(max_length=6, choices=Place, default=Place.HOME)
    list = models.ForeignKey("network.List", models.RESTRICT, null=True, blank=True, related_name="follows")
    # People and topics begin with some; a membership is made with all.
    comments = models.CharField(max_length=4, choices=Comments, default=Comments.SOME)
    reshares = models.BooleanField(default=True)
    folds = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # The stream first: PostgreSQL reads a person's follows from this one and their rows rather than
            # from the wider index below alone, where this one begins with the follower.
            models.UniqueConstraint(fields=["stream", "follower"], name="one_follow_a_stream"),
            models.CheckConstraint(
                condition=models.Q(place="list", list__isnull=False)
                | ~models.Q(place="list") & models.Q(list=None),
                name="a_list_where_the_place_is_one",
            ),
        ]
        indexes = [
            # Followers are read in batches by keyset, and follows when a feed is built, from these alone.
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
    """Something a person did: the outbox from which all that reaches others is derived.

    Every write to the domain records exactly one, in its own transaction. A Create shares the id of
    its post; an Announce the id of its reshare.
    """

    class Type(models.TextChoices):
        """Activity Streams 2.0 types; each has one meaning here, written beside it."""

        CREATE = "Create"  # a post or a comment
        UPDATE = "Update"  # an edit of a post, a person, a group or a follow's settings
        DELETE = "Delete"  # a post or comment is gone
        ANNOUNCE = "Announce"  # a reshare without words
        UNDO = "Undo"  # a reshare, like, follow, block or mute taken back; detail names which
        LIKE = "Like"  # thanks
        FOLLOW = "Follow"  # of a person or topic, accepted or asked for
        JOIN = "Join"  # of a group, accepted or asked for
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
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["actor", "-id"], name="activities_of_an_actor")]

    def __str__(self) -> str:
        return f"{self.type} {self.pk} by {self.actor_id}"

    @property
    def at(self) -> datetime:
        return ids.at(self.pk)


class Publication(models.Model):
    """An activity appears in a stream. Who may read it is another question: `queries.rights`.

    Thread, actor, kind and `answered` repeat what the activity says, so that a feed is read from this
    table's indexes alone. `answered` is the author of what a comment answers; nobody for posts and reshares.
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


class Delivery(models.Model):
    """What is still owed to an activity: a row for each kind of delivery, gone when it is done.

    A worker leases it; one whose lease has run out is anybody's, and doing it twice changes nothing.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20)
    batch = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["kind", "activity", "batch"], name="one_delivery_a_batch")
        ]
        indexes = [models.Index(fields=["leased_until", "id"], name="deliveries_to_do")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.activity_id}"
