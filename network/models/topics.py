"""Topics: hashtags, each with its own page."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from network.models.streams import Stream


class Topic(models.Model):
    """A topic has the id of its stream. Its name is the normal form of the hashtag (NFKC, casefold)."""

    stream = models.OneToOneField(Stream, models.CASCADE, primary_key=True, related_name="topic")
    name = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    # An alias redirects to another topic, which is never an alias itself.
    alias_of = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="aliases")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.name])


class PostTopic(models.Model):
    """A thread is about a topic. Only the root post has these rows."""

    post = models.ForeignKey("network.Post", models.CASCADE, related_name="about")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="threads")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "topic"], name="one_topic_a_post")]

    def __str__(self) -> str:
        return f"{self.post_id} is about {self.topic_id}"
