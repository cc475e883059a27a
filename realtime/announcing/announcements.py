"""The messages that activities make for open pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from network.models import Activity, Post, Publication, details
from network.queries.compiled import fetch
from network.queries.parameters import ParameterList
from network.views.partials import neutral_comment
from realtime.protocol.messages import EVERYBODY, Message, frame
from realtime.protocol.post_visibility import PostVisibility
from realtime.visibility import invalidation, loading

Type = Activity.Type


def needs_delivery(activity: Activity) -> bool:
    """Whether an activity makes any message."""
    if activity.post_id is not None:
        detail = details.of(activity)
        undoes_reshare = isinstance(detail, details.Undo) and detail.of == "Announce"
        return activity.type in BUILDERS or undoes_reshare or invalidation.changes_writing(activity)
    return any(True for _ in _about_rights(activity))


def messages_of(activities: Sequence[Activity], *, shown: Container[int] = ()) -> list[Message]:
    """The messages of some activities, in their order.

    A comment gets a card only in a thread that is `shown` on some page. Five queries at most, and one for
    each of these cards.
    """
    posts = loading.load_visibility(one.post_id for one in activities if one.post_id is not None)
    streams: defaultdict[int, list[int]] = defaultdict(list)
    for id, stream in fetch(_published, activities=[activity.pk for activity in activities]):
        streams[id].append(stream)
    messages: list[Message] = []
    for activity in activities:
        if activity.post_id is None:
            messages += _about_rights(activity)
        else:
            messages += _about_post(activity, posts[activity.post_id], streams[activity.pk], shown)
    return messages


def _published() -> QuerySet[Publication, Any]:
    rows = Publication.objects.filter(activity__in=ParameterList("activities")).order_by("stream")
    return rows.values_list("activity", "stream")


def _about_rights(activity: Activity) -> Iterator[Message]:
    people = invalidation.people_affected_by(activity)
    if people:
        yield Message("rights", activity.pk, people=people)
    if invalidation.changes_group(activity):
        yield Message("group", activity.pk, (activity.stream_id or 0,))
    if invalidation.changes_site(activity):
        yield Message("site", activity.pk, people=(EVERYBODY,))
    others = invalidation.people_named_by(activity).difference(people)
    if others and invalidation.changes_writing(activity):
        yield Message("writing", activity.pk, people=tuple(sorted(others)))


def _about_post(
    activity: Activity, post: PostVisibility, streams: Sequence[int], shown: Container[int]
) -> Iterator[Message]:
    for build in BUILDERS.get(activity.type, (counts,)):
        if build is comment and post.thread not in shown:
            continue
        if (message := build(activity, post, streams)) is not None:
            yield message
    if post.post == post.thread and invalidation.changes_writing(activity):
        yield Message("writing", activity.pk, thread=post.thread)


def entry(activity: Activity, post: PostVisibility, streams: Sequence[int]) -> Message | None:
    """A post, comment or reshare appears in feeds."""
    kind = Publication.Kind.POST if post.post == post.thread else Publication.Kind.COMMENT
    if activity.type == Type.ANNOUNCE:
        kind = Publication.Kind.RESHARE
    return Message(
        "entry",
        activity.pk,
        tuple(streams),
        (activity.actor_id, *_correspondents(post)),
        actor=activity.actor_id,
        kind=kind,
        visibility=post,
        frame=_frame("entry", activity, post, actor=str(activity.actor_id), kind=str(kind)),
    )


def comment(activity: Activity, post: PostVisibility, streams: Sequence[int]) -> Message | None:
    """A comment appears in its thread, as a card that is the same for every person."""
    if post.post == post.thread or post.is_deleted:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        html = neutral_comment(post.post)
    if html is None or activity.post is None:
        return None
    return Message(
        "comment",
        activity.pk,
        thread=post.thread,
        actor=activity.actor_id,
        visibility=post,
        frame=_frame("comment", activity, post, parent=str(activity.post.parent_id), html=html),
    )


def gone(activity: Activity, post: PostVisibility, streams: Sequence[int]) -> Message | None:
    """A post was deleted, or hidden by the author of its thread."""
    if not post.is_deleted and not post.is_hidden:
        return None
    is_direct = post.audience == Post.Audience.DIRECT
    places = set() if is_direct else {post.group or post.author, *post.topics}
    return Message(
        "gone",
        activity.pk,
        tuple(sorted(places)),
        tuple(_correspondents(post)),
        post.thread,
        visibility=post,
        frame=_frame("gone", activity, post),
    )


def changed(activity: Activity, post: PostVisibility, streams: Sequence[int]) -> Message | None:
    """A post was edited, or is shown again after it was hidden."""
    if post.is_deleted or post.is_hidden:
        return None
    return Message(
        "changed",
        activity.pk,
        thread=post.thread,
        visibility=post,
        frame=_frame("changed", activity, post),
    )


def counts(activity: Activity, post: PostVisibility, streams: Sequence[int]) -> Message | None:
    """Counters of the thread may have changed. Each switchboard reads them again, many at once."""
    parent = activity.post.parent_id if activity.post is not None else None
    posts = {post.post, post.thread, *([parent] if parent else [])}
    return Message("counts", activity.pk, thread=post.thread, posts=tuple(sorted(posts)))


Builder = Callable[[Activity, PostVisibility, Sequence[int]], Message | None]
BUILDERS: dict[str, tuple[Builder, ...]] = {
    Type.CREATE: (entry, comment, counts),
    Type.ANNOUNCE: (entry, counts),
    Type.DELETE: (gone, counts),
    Type.FLAG: (gone, changed, counts),
    Type.UPDATE: (changed,),
}


def _frame(type: str, activity: Activity, post: PostVisibility, **more: str) -> str:
    return frame(type, id=str(activity.pk), post=str(post.post), thread=str(post.thread), **more)


def _correspondents(post: PostVisibility) -> Iterator[int]:
    """The people of a direct thread. It is published to no stream, so its messages go to people."""
    if post.audience == Post.Audience.DIRECT:
        yield from sorted({post.thread_author, *post.addressees})
