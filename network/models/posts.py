"""Posts and comments, their revisions, and what people do with them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models.groups import Group
from network.models.people import Person
from network.models.streams import Stream


class Post(models.Model):
    """A post or, with a parent, a comment. It has the id of the activity that created it.

    Audience, group and the rule for commenting belong to the root of the thread. Comments have the default
    values in these fields. The thread of a root is the root itself.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public"
        UNLISTED = "unlisted"
        FOLLOWERS = "followers"
        GROUP = "group"
        DIRECT = "direct"

    class Commenting(models.TextChoices):
        EVERYONE = "everyone"  # people who may read it; in a group, its members
        FOLLOWED = "followed"  # people whom the author follows
        NAMED = "named"  # people named in the root
        NOBODY = "nobody"

    id = models.BigIntegerField(primary_key=True)
    author = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    # Needs no index: two indexes below begin with this column.
    thread = models.ForeignKey("self", models.CASCADE, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    quotes = models.ForeignKey("self", models.SET_NULL, null=True, related_name="quoted_by")
    group = models.ForeignKey(Group, models.CASCADE, null=True, related_name="threads")
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.PUBLIC)
    commenting = models.CharField(max_length=8, choices=Commenting, default=Commenting.EVERYONE)

    title = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # The folded tokens of title, summary and text, to which muted words are compared.
    words = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)

    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    # A digest of the form's key and content (Draft.digest), so that repeated submissions create one post.
    key = models.CharField(max_length=64, null=True)

    # For a root the comments of the thread, for a comment its direct replies.
    comments_count = models.PositiveIntegerField(default=0)
    reshares_count = models.PositiveIntegerField(default=0)
    likes_count = models.PositiveIntegerField(default=0)
    # For a root, the newest id of its thread: groups and messages are ordered by it.
    newest_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "key"], name="one_post_a_key")]
        indexes = [
            models.Index(fields=["thread", "id"], name="posts_of_a_thread"),
            # The participants of a thread, and the first post of each.
            models.Index(fields=["thread", "author", "id"], name="people_of_a_thread"),
            models.Index(fields=["author", "-id"], name="posts_of_an_author"),
            models.Index(
                fields=["group", "-newest_id"],
                name="threads_of_a_group",
                condition=models.Q(group__isnull=False),
            ),
            models.Index(
                fields=["author"],
                name="messages_of_an_author",
                condition=models.Q(audience="direct"),
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"  # never its words: these are for its audience alone

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.pk])

    @property
    def is_root(self) -> bool:
        return self.thread_id == self.pk

    @property
    def published_at(self) -> datetime:
        return ids.at(self.pk)


class Addressee(models.Model):
    """A person to whom a direct thread is addressed. This never changes."""

    thread = models.ForeignKey(Post, models.CASCADE, related_name="addressees")
    person = models.ForeignKey(Person, models.CASCADE, related_name="addressed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "thread"], name="one_address_a_thread")]

    def __str__(self) -> str:
        return f"{self.thread_id} to {self.person_id}"


class Mention(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="mentioned_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="one_mention_a_post")]

    def __str__(self) -> str:
        return f"{self.post_id} names {self.person_id}"


class Revision(models.Model):
    """A former version of a post. It has the audience of the post, and its author can purge it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    written_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    html = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.post_id} as of {self.written_at}"


class Reshare(models.Model):
    """A reshare without text. It has the id of its Announce activity."""

    id = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="reshares")
    post = models.ForeignKey(Post, models.CASCADE, related_name="reshares")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="one_reshare_a_post")]

    def __str__(self) -> str:
        return f"{self.person_id} reshares {self.post_id}"


class Like(models.Model):
    """A like. Only the author of the post sees who liked it, and how many did."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="likes")
    post = models.ForeignKey(Post, models.CASCADE, related_name="likes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="one_like_a_post")]

    def __str__(self) -> str:
        return f"{self.person_id} thanks {self.post_id}"


class Bookmark(models.Model):
    """A saved post. Ids increase, so they order the list."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, models.CASCADE, related_name="bookmarks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="one_bookmark_a_post")]

    def __str__(self) -> str:
        return f"{self.person_id} saved {self.post_id}"


class Watch(models.Model):
    """The notification level of a person for a thread, another person or a group.

    Without a row the default applies: mentions and answers. Writing in a thread watches it, unless the
    person has chosen a level for it before.
    """

    class Level(models.TextChoices):
        ALL = "all"  # every comment in the thread; every post of the person, every thread of the group
        NAMED = "named"  # only mentions of the person who watches
        NOTHING = "nothing"

    person = models.ForeignKey(Person, models.CASCADE, related_name="watches")
    thread = models.ForeignKey(Post, models.CASCADE, null=True, related_name="watches")
    stream = models.ForeignKey(Stream, models.CASCADE, null=True, related_name="watches")
    level = models.CharField(max_length=7, choices=Level, default=Level.ALL)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [
            models.UniqueConstraint(fields=["person", "thread"], name="one_watch_a_thread"),
            models.UniqueConstraint(fields=["person", "stream"], name="one_watch_a_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} watches {self.thread_id or self.stream_id} ({self.level})"


class Reading(models.Model):
    """How far a person has read a thread: the newest id that they have seen."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Post, models.CASCADE, related_name="readings")
    seen_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "thread"], name="one_reading_a_thread")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.thread_id} to {self.seen_id}"
