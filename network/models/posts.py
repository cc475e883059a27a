"""What is said: posts, comments, reshares, polls, and the marks people leave on them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.urls import reverse

from network import ids
from network.models.groups import Group
from network.models.people import Person
from network.models.streams import Stream


class Post(models.Model):
    """A post or, with a parent, a comment. Its id is that of the activity that created it.

    Audience, group and who may comment belong to the root of the thread; comments refer to it, and
    leave these fields at their defaults. A root's thread is itself.
    """

    class Audience(models.TextChoices):
        PUBLIC = "public"
        UNLISTED = "unlisted"
        FOLLOWERS = "followers"
        GROUP = "group"
        DIRECT = "direct"

    class Commenting(models.TextChoices):
        EVERYONE = "everyone"  # who may read; in a group, its members
        FOLLOWED = "followed"  # people whom the author follows
        NAMED = "named"  # people named in the root
        NOBODY = "nobody"

    id = models.BigIntegerField(primary_key=True)
    author = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    # Without an index of its own: those below begin with it.
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
    # The folded whole tokens of title, summary and text, which muted words are compared with.
    words = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)

    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    # The form's key and all that it held, as one digest (Draft.digest): five presses of Post are one post.
    key = models.CharField(max_length=64, null=True)

    # A root counts the comments of its thread, a comment its direct replies.
    comments_count = models.PositiveIntegerField(default=0)
    reshares_count = models.PositiveIntegerField(default=0)
    likes_count = models.PositiveIntegerField(default=0)
    # Of a root: the newest id of its thread, by which groups and messages are listed.
    newest_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "key"], name="one_post_a_key")]
        indexes = [
            models.Index(fields=["thread", "id"], name="posts_of_a_thread"),
            # Who takes part in a thread, and since when.
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
    """A person whom a direct thread is for: fixed when its root is written."""

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
    """How a post read before an edit. Has the post's audience; its author can purge it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    written_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    html = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.post_id} as of {self.written_at}"


class Reshare(models.Model):
    """A reshare without words. Its id is that of its Announce."""

    id = models.BigIntegerField(primary_key=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="reshares")
    post = models.ForeignKey(Post, models.CASCADE, related_name="reshares")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="one_reshare_a_post")]

    def __str__(self) -> str:
        return f"{self.person_id} reshares {self.post_id}"


class Like(models.Model):
    """A person's thanks for a post: only its author sees who and how many."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="likes")
    post = models.ForeignKey(Post, models.CASCADE, related_name="likes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="one_like_a_post")]

    def __str__(self) -> str:
        return f"{self.person_id} thanks {self.post_id}"


class Bookmark(models.Model):
    """A post that a person saved. Ids grow, so they order the list."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, models.CASCADE, related_name="bookmarks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="one_bookmark_a_post")]

    def __str__(self) -> str:
        return f"{self.person_id} saved {self.post_id}"


class Watch(models.Model):
    """How much a person hears of what is said in a thread, by somebody, or in a group.

    Without a row it is as usual: one's name, and answers. Writing in a thread watches it, unless the
    person has chosen a level for it before.
    """

    class Level(models.TextChoices):
        ALL = "all"  # every comment in the thread; every post of the person, every thread of the group
        NAMED = "named"  # only what names the person who watches
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
    """How far a person has read a thread: the newest id they have seen in it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="readings")
    thread = models.ForeignKey(Post, models.CASCADE, related_name="readings")
    seen_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "thread"], name="one_reading_a_thread")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.thread_id} to {self.seen_id}"
