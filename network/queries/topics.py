"""Finding topics. Every name that a hashtag may have is a topic, whether or not somebody used it yet."""

from __future__ import annotations

from network import text
from network.errors import NotVisible
from network.models import Follow, Person, Stream, Topic


def find(raw: str) -> Topic:
    """The topic of that name, which is the one that an alias leads to; unsaved where nobody named it yet.

    One query. Raises NotVisible for what cannot be a topic.
    """
    name = text.topic_name(raw)
    if name is None:
        raise NotVisible
    topic = Topic.objects.filter(name=name).select_related("stream", "alias_of__stream").first()
    if topic is None:
        return Topic(name=name, title=name.replace("_", " "), stream=Stream(kind=Stream.Kind.TOPIC))
    return topic.alias_of or topic


def followed(person: Person) -> list[Topic]:
    """The topics that `person` follows, by title. One query."""
    streams = Follow.objects.filter(follower=person, state=Follow.State.ACCEPTED).values("stream")
    return list(Topic.objects.filter(pk__in=streams).order_by("title"))
