"""What a page missed: read from the database, and told by the same messages and the same rule as live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from feeds import notices
from feeds.models import Notification
from network import ids
from network.models import Activity, Addressee, Person, Post, Publication
from realtime import messages
from realtime.frames import FEEDS, STREAMS, Place, goes_to, receives
from realtime.rights import Rights

# Ids are not the order of commits: what was written in this time before an id may have come after it.
OVERLAP = timedelta(seconds=30)
# More than this is not replayed: the page is told that there is more, and is loaded again.
MOST_FRAMES = 100
MOST_BYTES = 32 * 1024
CANDIDATES = 300


@dataclass(frozen=True)
class Missed:
    """Frames in the order of their ids, and posts whose counters may have moved.

    `more` where there were too many, and then there are none.
    """

    frames: list[str] = field(default_factory=list)
    counted: set[int] = field(default_factory=set)
    more: bool = False


def missed(rights: Rights, place: Place, threads: frozenset[int], since: int) -> Missed:
    """What happened since an id in the place and the threads that a page shows. Eight queries at most."""
    floor = max(0, since - (int(OVERLAP.total_seconds() * 1000) << ids.CHANCE_BITS))
    found: set[int] = set()
    for ids_of_activities in _sources(rights, place, threads, floor):
        here = list(ids_of_activities.distinct()[: CANDIDATES + 1])
        if len(here) > CANDIDATES:
            return Missed(more=True)
        found |= set(here)
    activities = Activity.objects.filter(pk__in=found).select_related("post", "stream").order_by("pk")
    told = messages.of(list(activities), with_cards=place.kind == "thread")
    frames = [message.frame for message in told if receives(rights, place, message)]
    if len(frames) > MOST_FRAMES or sum(map(len, frames)) > MOST_BYTES:
        return Missed(more=True)
    return Missed(frames, {post for message in told for post in message.posts})


def unread(people: Iterable[int | None]) -> dict[int, int]:
    """How many notices each person has not seen. Two queries, and one for each person who has any."""
    wanted = set(people)
    new = set(Notification.objects.filter(person__in=wanted, read_at=None).values_list("person", flat=True))
    return {
        person.pk: notices.unread(person) if person.pk in new else 0
        for person in Person.objects.filter(pk__in=wanted)
    }


def _sources(
    rights: Rights, place: Place, threads: frozenset[int], floor: int
) -> Iterator[QuerySet[Any, int]]:
    """Ids of the activities that may concern a page, by the ways in which they reach it."""
    published = Publication.objects.filter(activity__gt=floor).values_list("activity", flat=True)
    done = Activity.objects.filter(pk__gt=floor).values_list("pk", flat=True)
    if place.kind in STREAMS:
        yield published.filter(stream=place.id)
    elif place.kind in FEEDS and rights.person is not None:
        yield published.filter(stream__in=list(goes_to(rights, place)))
        if place.kind == "home":
            yield published.filter(actor=rights.person)
    elif place.kind == "messages" and rights.person is not None:
        addressed = Addressee.objects.filter(person=rights.person).values("thread")
        mine = Q(post__thread__author=rights.person) | Q(post__thread__in=addressed)
        yield done.filter(mine, post__thread__audience=Post.Audience.DIRECT, type__in=messages.ABOUT_POSTS)
    shown = threads | {place.id} if place.kind == "thread" else threads
    if shown:
        yield done.filter(post__thread__in=shown, type__in=[*messages.ABOUT_POSTS, Activity.Type.UNDO])
