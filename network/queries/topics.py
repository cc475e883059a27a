"""Finding topics. Every name that a hashtag may have is a topic, whether or not somebody used it yet."""

from __future__ import annotations

from network import text
from network.errors import NotVisible
from network.models import Stream, Topic


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
