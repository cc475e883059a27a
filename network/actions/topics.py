"""Topics: created when they are first used, described and merged by staff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from network import text
from network.actions import follows, mutes
from network.actions.counting import count_followers
from network.actions.finding import find_by_name
from network.actions.locking import hold
from network.actions.recording import new_stream, record
from network.errors import Invalid
from network.models import (
    Activity,
    Follow,
    Mute,
    Person,
    Post,
    PostTopic,
    Publication,
    Stream,
    Topic,
    details,
)


def named(names: Iterable[str]) -> dict[str, Topic]:
    """Topics by name. Resolves aliases and creates missing topics.

    Takes shared locks of the topics, so it must come before `hold` of people or posts. Two queries, and a few
    for each new topic. Part of the caller's transaction.
    """
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    found = {topic.name: topic for topic in Topic.objects.filter(name__in=wanted).select_related("alias_of")}
    for name in sorted(wanted):  # sorted, as another transaction may create the same names
        if name not in found:
            found[name] = _create(name)
    hold(shared=found.values())
    return {name: found[name].alias_of or found[name] for name in wanted}


@transaction.atomic
def follow(person: Person, name: str) -> Topic:
    """Follow the topic with this name, which may be new. Idempotent."""
    topic = named([name])[name]
    follows.follow(person, topic.stream)
    return topic


@transaction.atomic
def mute(person: Person, name: str, *, until: timedelta | None = None) -> Topic:
    """Mute the topic with this name, which may be new."""
    topic = named([name])[name]
    mutes.mute_topic(person, topic, until=until)
    return topic


def _create(name: str) -> Topic:
    with transaction.atomic():
        stream = new_stream(Stream.Kind.TOPIC)
        topic, created = Topic.objects.get_or_create(
            name=name, defaults={"stream": stream, "title": name.replace("_", " ")}
        )
        if created:
            find_by_name(topic)
        else:
            stream.delete()
    return topic


@transaction.atomic
def describe(editor: Person, topic: Topic, *, title: str, description: str) -> Topic:
    """Change the title and description of a topic. For staff."""
    topic.title = text.clean(title, limit=text.NAME)
    topic.description = text.clean(description, limit=text.BIO, required=False)
    topic.save(update_fields=["title", "description"])
    find_by_name(topic)
    record(Activity.Type.UPDATE, editor, stream=topic.stream)
    return topic


@transaction.atomic
def merge(editor: Person, alias: Topic, into: Topic) -> None:
    """Make `alias` an alias of `into`, and move its threads, followers and mutes there. For staff.

    Followers of both may get older entries in their home, so their generation increases.
    """
    hold(alias, into, *Topic.objects.filter(alias_of=alias))
    if into.alias_of_id is not None or alias.pk == into.pk:
        raise Invalid(_("A topic can only be merged into another that is not an alias itself."))
    followers = Person.objects.filter(follows__stream__in=[alias.pk, into.pk])
    muting = Person.objects.filter(mutes__topic__in=[alias, into])
    hold(*followers.only("pk"), *muting.only("pk"), *Post.objects.filter(about__topic=alias).only("pk"))
    followers.update(generation=F("generation") + 1)
    _keep_longer_mutes(alias, into)
    for rows, towards, column in (
        (PostTopic.objects.filter(topic=alias), PostTopic.objects.filter(topic=into), "post"),
        (Publication.objects.filter(stream=alias.pk), Publication.objects.filter(stream=into.pk), "activity"),
        (Follow.objects.filter(stream=alias.pk), Follow.objects.filter(stream=into.pk), "follower"),
        (Mute.objects.filter(topic=alias), Mute.objects.filter(topic=into), "person"),
    ):
        rows.filter(**{f"{column}__in": towards.values(column)}).delete()
    PostTopic.objects.filter(topic=alias).update(topic=into)
    Publication.objects.filter(stream=alias.pk).update(stream=into.pk)
    Follow.objects.filter(stream=alias.pk).update(stream=into.pk)
    Mute.objects.filter(topic=alias).update(topic=into)
    Topic.objects.filter(alias_of=alias).update(alias_of=into)
    alias.alias_of = into
    alias.save(update_fields=["alias_of"])
    count_followers([alias.pk, into.pk])
    record(Activity.Type.UPDATE, editor, stream=into.stream, detail=details.Update(merged=alias.pk))


def _keep_longer_mutes(alias: Topic, into: Topic) -> None:
    """If a person muted both topics, keep the later end."""
    for mute in Mute.objects.filter(topic=alias):
        stays = Mute.objects.filter(topic=into, person=mute.person_id).exclude(until=None)
        if mute.until is not None:
            stays = stays.filter(until__lt=mute.until)
        stays.update(until=mute.until)
