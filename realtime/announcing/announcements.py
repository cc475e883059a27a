"""The messages that an activity makes: what it says to the pages of whom."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from network.models import Activity, Publication, details
from network.queries.compiled import fetch
from network.queries.parameters import ParameterList
from network.views.parts import neutral_comment
from realtime.protocol.messages import Message, frame
from realtime.protocol.post_visibility import Facts
from realtime.visibility import invalidation, loading

Type = Activity.Type


def is_owed(activity: Activity) -> bool:
    """Whether an activity says anything to open pages."""
    if activity.post_id is not None:
        detail = details.of(activity)
        undoes_reshare = isinstance(detail, details.Undo) and detail.of == "Announce"
        return activity.type in ABOUT_POSTS or undoes_reshare
    return bool(invalidation.whose_rights(activity)) or invalidation.changes_group(activity)


def of(activities: Sequence[Activity], *, shown: Container[int] = ()) -> list[Message]:
    """What some activities say, in their order. Five queries at most, and one for each card of a comment.

    Cards are made in those threads that are `shown` on some page.
    """
    told = loading.of_posts(activity.post_id for activity in activities if activity.post_id is not None)
    streams: defaultdict[int, list[int]] = defaultdict(list)
    for id, stream in fetch(_published, activities=[activity.pk for activity in activities]):
        streams[id].append(stream)
    return list(
        itertools.chain.from_iterable(
            _about_rights(activity)
            if activity.post_id is None
            else _about_post(activity, told[activity.post_id], streams[activity.pk], shown)
            for activity in activities
        )
    )


def _published() -> QuerySet[Publication, Any]:
    rows = Publication.objects.filter(activity__in=ParameterList("activities")).order_by("stream")
    return rows.values_list("activity", "stream")


def _about_rights(activity: Activity) -> Iterator[Message]:
    if people := invalidation.whose_rights(activity):
        yield Message("rights", activity.pk, people=people)
    if invalidation.changes_group(activity):
        yield Message("group", activity.pk, (activity.stream_id or 0,))


def _about_post(
    activity: Activity, told: Facts, streams: Sequence[int], shown: Container[int]
) -> Iterator[Message]:
    for way in ABOUT_POSTS.get(activity.type, (counts,)):
        if way is not comment or told.thread in shown:
            yield from way(activity, told, streams)


def entry(activity: Activity, told: Facts, streams: Sequence[int]) -> Iterator[Message]:
    """Something stands in feeds now: said, or passed on."""
    kind = Publication.Kind.POST if told.post == told.thread else Publication.Kind.COMMENT
    if activity.type == Type.ANNOUNCE:
        kind = Publication.Kind.RESHARE
    yield Message(
        "entry",
        activity.pk,
        tuple(streams),
        (activity.actor_id, *_correspondents(told)),
        actor=activity.actor_id,
        kind=kind,
        facts=told,
        frame=frame(
            "entry",
            id=str(activity.pk),
            post=str(told.post),
            thread=str(told.thread),
            actor=str(activity.actor_id),
            kind=str(kind),
        ),
    )


def comment(activity: Activity, told: Facts, streams: Sequence[int]) -> Iterator[Message]:
    """A comment joins its thread, as a card that is the same for every reader."""
    if told.post == told.thread or told.is_deleted:
        return
    with translation.override(settings.LANGUAGE_CODE):
        html = neutral_comment(told.post)
    if html is None or activity.post is None:
        return
    yield Message(
        "comment",
        activity.pk,
        thread=told.thread,
        actor=activity.actor_id,
        facts=told,
        frame=frame(
            "comment",
            id=str(activity.pk),
            post=str(told.post),
            thread=str(told.thread),
            parent=str(activity.post.parent_id),
            html=html,
        ),
    )


def gone(activity: Activity, told: Facts, streams: Sequence[int]) -> Iterator[Message]:
    """A post was taken back, or hidden by the author of its thread."""
    if not told.is_deleted and not told.is_hidden:
        return
    places = {told.group or told.author, *told.topics} if told.audience != "direct" else set()
    yield Message(
        "gone",
        activity.pk,
        tuple(sorted(places)),
        tuple(_correspondents(told)),
        told.thread,
        facts=told,
        frame=frame("gone", id=str(activity.pk), post=str(told.post), thread=str(told.thread)),
    )


def changed(activity: Activity, told: Facts, streams: Sequence[int]) -> Iterator[Message]:
    """A post reads otherwise than it did, or is shown again."""
    if told.is_deleted or told.is_hidden:
        return
    yield Message(
        "changed",
        activity.pk,
        thread=told.thread,
        facts=told,
        frame=frame("changed", id=str(activity.pk), post=str(told.post), thread=str(told.thread)),
    )


def counts(activity: Activity, told: Facts, streams: Sequence[int]) -> Iterator[Message]:
    """Counters of the thread moved: whoever shows them reads them anew, many at once."""
    parent = activity.post.parent_id if activity.post is not None else None
    posts = {told.post, told.thread, *([parent] if parent else [])}
    yield Message("counts", activity.pk, thread=told.thread, posts=tuple(sorted(posts)))


Way = Callable[[Activity, Facts, Sequence[int]], Iterator[Message]]
ABOUT_POSTS: dict[str, tuple[Way, ...]] = {
    Type.CREATE: (entry, comment, counts),
    Type.ANNOUNCE: (entry, counts),
    Type.DELETE: (gone, counts),
    Type.FLAG: (gone, changed, counts),
    Type.UPDATE: (changed,),
}


def _correspondents(told: Facts) -> Iterator[int]:
    """Whom a direct thread is between: it is published to no stream, so it goes to people."""
    if told.audience == "direct":
        yield from sorted({told.thread_author, *told.addressees})
