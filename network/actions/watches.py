"""Watches: the notification level of a person for a thread, a person or a group."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid, NotVisible
from network.models import Activity, Follow, Person, Post, Stream, Watch, details
from network.queries import people, posts
from network.queries.rights import groups_of

Level = Watch.Level


@transaction.atomic
def watch_thread(person: Person, post: Post, level: Level = Level.ALL) -> Watch:
    """Choose the level for the thread of a post. Idempotent. Raises NotVisible."""
    hold(person)
    thread = posts.find(person, post.pk).thread
    return _watch(person, level, thread=thread)


@transaction.atomic
def watch_stream(person: Person, stream: Stream, level: Level | None) -> None:
    """Choose the level for a person, or for a group of `person`; None is the default level.

    Raises NotVisible for a person that `person` may not see and for other groups, Invalid for oneself and
    for topics.
    """
    if stream.pk == person.pk or stream.kind == Stream.Kind.TOPIC:
        raise Invalid(_("There is nothing here to hear about."))
    hold(person)
    if stream.kind == Stream.Kind.PERSON:
        people.find(person, stream.pk)
    elif not groups_of(person).filter(stream=stream).exists():
        raise NotVisible
    if level is not None:
        _watch(person, level, stream=stream)
    else:
        _unwatch(person, stream)


def watch_as_writer(person: Person, thread: Post) -> None:
    """Watch a thread after writing in it, unless a level was chosen. The caller has locked the person."""
    Watch.objects.get_or_create(person=person, thread=thread)


def end_with(follows: list[Follow]) -> None:
    """Delete the watches of ended follows that have the level ALL; quieter levels stay."""
    followers, streams = {one.follower_id for one in follows}, {one.stream_id for one in follows}
    Watch.objects.filter(person__in=followers, stream__in=streams, level=Level.ALL).delete()


def _watch(person: Person, level: Level, **what: Any) -> Watch:
    watch, created = Watch.objects.get_or_create(person=person, **what, defaults={"level": level})
    if not created:
        changed = Watch.objects.filter(pk=watch.pk).exclude(level=level)
        if not changed.update(level=level):
            return watch
        watch.level = level
    record(
        Activity.Type.ADD,
        person,
        post=what.get("thread"),
        stream=what.get("stream"),
        detail=details.Add(to="watched", level=level),
    )
    return watch


def _unwatch(person: Person, stream: Stream) -> None:
    deleted, _rows = Watch.objects.filter(person=person, stream=stream).delete()
    if deleted:
        record(Activity.Type.REMOVE, person, stream=stream, detail=details.Remove(source="watched"))
