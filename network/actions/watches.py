"""Watching: how much one hears of a thread, of somebody, or of a group."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Invalid, NotVisible
from network.models import Activity, Follow, Person, Post, Stream, Watch
from network.queries import people, posts
from network.queries.rights import groups_of

Level = Watch.Level


@transaction.atomic
def watch_thread(person: Person, post: Post, level: Level = Level.ALL) -> Watch:
    """Choose how much to hear of the thread that a post is in; twice is once. Raises NotVisible."""
    hold(person)
    thread = posts.find(person, post.pk).thread
    return _watch(person, level, thread=thread)


@transaction.atomic
def watch_stream(person: Person, stream: Stream, level: Level | None) -> None:
    """Choose how much to hear of somebody, or of a group that one is in; None is as usual.

    Raises NotVisible for whom one may not see and for groups of others, Invalid for oneself and topics.
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
    """Who writes in a thread hears of it, unless they have chosen otherwise before. The caller holds them."""
    Watch.objects.get_or_create(person=person, thread=thread)


def end_with(follows: list[Follow]) -> None:
    """Hear no more than usual of what is followed no longer; what was to be silent stays so."""
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
        detail={"to": "watched", "level": str(level)},
    )
    return watch


def _unwatch(person: Person, stream: Stream) -> None:
    deleted, _rows = Watch.objects.filter(person=person, stream=stream).delete()
    if deleted:
        record(Activity.Type.REMOVE, person, stream=stream, detail={"from": "watched"})
