"""Topics by name. Every possible hashtag is a topic, also if nobody has used it yet."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet

from network import text
from network.errors import NotVisible
from network.models import Follow, Mute, Person, Publication, Stream, Topic
from network.queries import site
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, Parameter
from network.queries.rights import Viewer

TOPICS = Instances(Topic)
NAMED = Instances(Topic, ["stream", "alias_of__stream"])


def find(viewer: Person | None, raw: str) -> Topic:
    """The topic with this name; for an alias, the topic that it leads to. One query.

    The topic is unsaved if nobody has used the name, or if only hidden groups and direct threads use it.
    `viewer` sees no difference, unless they muted it. Raises NotVisible for a name that no topic can have.
    """
    name = text.topic_name(raw)
    if name is None:
        raise NotVisible
    person = 0 if viewer is None else viewer.pk
    found = NAMED.read(fetch(_named, None if viewer is None else PERSON, person=person, name=name))
    topic = found[0] if found else None
    if topic is None:
        return Topic(name=name, title=name.replace("_", " "), stream=Stream(kind=Stream.Kind.TOPIC))
    return topic.alias_of or topic


def _named(viewer: Parameter | None) -> QuerySet[Topic, Any]:
    shown = known(viewer) | ~Q(alias_of=None) | Q(pk__in=Mute.objects.filter(person=PERSON).values("topic"))
    return NAMED.select(Topic.objects.filter(shown, name=Parameter("name", CharField())))


def followed(person: Person) -> list[Topic]:
    """The topics that `person` follows, by title. One query."""
    return TOPICS.read(fetch(_followed, person=person.pk))


def _followed() -> QuerySet[Topic, Any]:
    streams = Follow.objects.filter(follower=PERSON, state=Follow.State.ACCEPTED).values("stream")
    return TOPICS.select(Topic.objects.filter(pk__in=streams).order_by("title"))


def known(viewer: Viewer | None) -> Q:
    """Topics that may be listed for anybody: they have publications, followers or a description.

    On a closed server there are none for None, a visitor who is signed out.

    Other topics were named only in hidden groups or direct threads, and their names could reveal these.
    """
    said = Exists(Publication.objects.filter(stream=OuterRef("pk")))
    found = Q(said) | Q(stream__followers_count__gt=0) | ~Q(description="")
    return found & site.while_open() if viewer is None else found
