"""Finding topics. Every name that a hashtag may have is a topic, whether or not somebody used it yet."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from network import text
from network.errors import NotVisible
from network.queries.compiled import instances
from network.models import Follow, Mute, Person, Publication, Stream, Topic


def find(viewer: Person | None, raw: str) -> Topic:
    """The topic of that name, which is the one that an alias leads to. One query.

    It is unsaved where nobody named it yet, and where only hidden places name it: the two look alike to
    `viewer`, unless they muted it. Raises NotVisible for what cannot be a topic.
    """
    name = text.topic_name(raw)
    if name is None:
        raise NotVisible
    shown = known() | ~Q(alias_of=None) | Q(pk__in=Mute.objects.filter(person=viewer).values("topic"))
    topic = Topic.objects.filter(shown, name=name).select_related("stream", "alias_of__stream").first()
    if topic is None:
        return Topic(name=name, title=name.replace("_", " "), stream=Stream(kind=Stream.Kind.TOPIC))
    return topic.alias_of or topic


def followed(person: Person) -> list[Topic]:
    """The topics that `person` follows, by title. One query."""
    return list(instances(_followed, person))


def _followed(person: Person) -> QuerySet[Topic]:
    streams = Follow.objects.filter(follower=person, state=Follow.State.ACCEPTED).values("stream")
    return Topic.objects.filter(pk__in=streams).order_by("title")


def known() -> Q:
    """Topics that are told of where all can see it: something is said there, or somebody follows it.

    The name of one that was named in hidden places alone would tell of them.
    """
    said = Exists(Publication.objects.filter(stream=OuterRef("pk")))
    return Q(said) | Q(stream__followers_count__gt=0) | ~Q(description="")
