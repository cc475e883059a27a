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
from realtime.protocol.post_visibility import PostVisibility
from realtime.visibility import invalidation, loading

Type = Activity.Type


def needs_delivery(activity: Activity) -> bool:
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
    visibility = loading.of_posts(activity.post_id for activity in activities if activity.post_id is not None)
    streams: defaultdict[int, list[int]] = defaultdict(list)
    for id, stream in fetch(_published, activities=[activity.pk for activity in activities]):
        streams[id].append(stream)
    return list(
        itertools.chain.from_iterable(
            _about_rights(activity)
            if activity.post_id is None
            else _about_post(activity, visibility[activity.post_id], streams[activity.pk], shown)
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
    activity: Activity, visibility: PostVisibility, streams: Sequence[int], shown: Container[int]
) -> Iterator[Message]:
    for way in ABOUT_POSTS.get(activity.type, (counts,)):
        if way is not comment or visibility.thread in shown:
            yield from way(activity, visibility, streams)


def entry(activity: Activity, visibility: PostVisibility, streams: Sequence[int]) -> Iterator[Message]:
    """Something stands in feeds now: said, or passed on."""
    kind = Publication.Kind.POST if visibility.post == visibility.thread else Publication.Kind.COMMENT
    if activity.type == Type.ANNOUNCE:
        kind = Publication.Kind.RESHARE
    yield Message(
        "entry",
        activity.pk,
        tuple(streams),
        (activity.actor_id, *_correspondents(visibility)),
        actor=activity.actor_id,
        kind=kind,
        visibility=visibility,
        frame=frame(
            "entry",
            id=str(activity.pk),
            post=str(visibility.post),
            thread=str(visibility.thread),
            actor=str(activity.actor_id),
            kind=str(kind),
        ),
    )


def comment(activity: Activity, visibility: PostVisibility, streams: Sequence[int]) -> Iterator[Message]:
    """A comment joins its thread, as a card that is the same for every reader."""
    if visibility.post == visibility.thread or visibility.is_deleted:
        return
    with translation.override(settings.LANGUAGE_CODE):
        html = neutral_comment(visibility.post)
    if html is None or activity.post is None:
        return
    yield Message(
        "comment",
        activity.pk,
        thread=visibility.thread,
        actor=activity.actor_id,
        visibility=visibility,
        frame=frame(
            "comment",
            id=str(activity.pk),
            post=str(visibility.post),
            thread=str(visibility.thread),
            parent=str(activity.post.parent_id),
            html=html,
        ),
    )


def gone(activity: Activity, visibility: PostVisibility, streams: Sequence[int]) -> Iterator[Message]:
    """A post was taken back, or hidden by the author of its thread."""
    if not visibility.is_deleted and not visibility.is_hidden:
        return
    places = (
        {visibility.group or visibility.author, *visibility.topics}
        if visibility.audience != "direct"
        else set()
    )
    yield Message(
        "gone",
        activity.pk,
        tuple(sorted(places)),
        tuple(_correspondents(visibility)),
        visibility.thread,
        visibility=visibility,
        frame=frame("gone", id=str(activity.pk), post=str(visibility.post), thread=str(visibility.thread)),
    )


def changed(activity: Activity, visibility: PostVisibility, streams: Sequence[int]) -> Iterator[Message]:
    """A post reads otherwise than it did, or is shown again."""
    if visibility.is_deleted or visibility.is_hidden:
        return
    yield Message(
        "changed",
        activity.pk,
        thread=visibility.thread,
        visibility=visibility,
        frame=frame("changed", id=str(activity.pk), post=str(visibility.post), thread=str(visibility.thread)),
    )


def counts(activity: Activity, visibility: PostVisibility, streams: Sequence[int]) -> Iterator[Message]:
    """Counters of the thread moved: whoever shows them reads them anew, many at once."""
    parent = activity.post.parent_id if activity.post is not None else None
    posts = {visibility.post, visibility.thread, *([parent] if parent else [])}
    yield Message("counts", activity.pk, thread=visibility.thread, posts=tuple(sorted(posts)))


Way = Callable[[Activity, PostVisibility, Sequence[int]], Iterator[Message]]
ABOUT_POSTS: dict[str, tuple[Way, ...]] = {
    Type.CREATE: (entry, comment, counts),
    Type.ANNOUNCE: (entry, counts),
    Type.DELETE: (gone, counts),
    Type.FLAG: (gone, changed, counts),
    Type.UPDATE: (changed,),
}


def _correspondents(visibility: PostVisibility) -> Iterator[int]:
    """Whom a direct thread is between: it is published to no stream, so it goes to people."""
    if visibility.audience == "direct":
        yield from sorted({visibility.thread_author, *visibility.addressees})
