"""Fan-out: push an activity to the timelines of those who follow its streams.

One batch of followers is one delivery. The next batch is enqueued before this one is pushed, so a large
stream keeps all workers busy, and a worker that dies delays only its own batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial, reduce
from operator import or_
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from feeds import follow_rule
from feeds.delivery import backlog, outbox
from feeds.timelines import rebuild, store
from network.models import Activity, Follow, Publication, details

KIND = backlog.KIND
FOLLOWERS_A_BATCH = 10_000
# Where a thread gains a topic and has more entries than this, its timelines are rebuilt instead.
PUSHED_AT_ONCE = store.MOST - store.KEPT

Type = Activity.Type


class Published(NamedTuple):
    """The columns of a publication that fan-out needs."""

    stream: int
    activity: int
    kind: str
    thread: int
    actor: int
    answered: int | None


def needs_delivery(activity: Activity) -> bool:
    """Whether an activity enters timelines, or makes one outdated."""
    return _is_published(activity) or _whose_follows(activity) is not None


def deliver(activity: Activity, batch: int) -> None:
    """Push an activity to the timelines of the next followers, those with ids above `batch`.

    It may run late, twice, or in part: a timeline holds candidates, so readers see no difference.
    """
    person = _whose_follows(activity)
    if person is not None:
        rebuild.rebuild_if_outdated(person)
        return
    if batch == 0 and activity.type == Type.CREATE:
        _push_later_comments(activity)
    if published := list(_published(activity)):
        push(activity, published, batch)


def push(activity: Activity, published: Collection[Published], batch: int) -> None:
    """Push to one batch of followers. In front of the first of several, push to all active feeds."""
    streams = {row.stream for row in published}
    rule = _rule(published)
    ids = sorted({row.activity for row in published})
    feeds = next_feeds(streams, rule, batch)
    if len(feeds) >= FOLLOWERS_A_BATCH:
        outbox.enqueue(activity, KIND, max(feeds.values()))
        if batch == 0:
            _push(_feeds(_following(streams, rule).filter(_is_active())), ids)
    _push(feeds, ids)


def _rule(published: Collection[Published]) -> Q:
    """The follows that let in what was published.

    A read would drop the rest, but a timeline has room for 880 candidates: full of comments that are not
    for its person, it would send each page to the database. Only a thread that gains a topic is pushed to
    all followers of the topic, which is rare and short.
    """
    entries = {row.activity: row for row in published}
    if len(entries) > 1:
        return Q()
    [entry] = entries.values()
    return follow_rule.lets_in_entry(entry.kind, partial(getattr, entry))


def next_feeds(streams: Iterable[int], rule: Q, after: int) -> dict[int, int]:
    """The feeds of the next followers of some streams, by ascending id of person, each with its person.

    One person may get an entry at home by one stream and in a list by another. Both are in one batch. Rights
    are checked when a feed is read. One query for each stream.
    """
    found: dict[int, int] = {}
    for stream in streams:
        rows = _following([stream], rule).filter(follower__gt=after).order_by("follower")
        found |= _feeds(rows[:FOLLOWERS_A_BATCH])
    if len(found) <= FOLLOWERS_A_BATCH:
        return found
    last = sorted(found.values())[FOLLOWERS_A_BATCH - 1]
    return {feed: person for feed, person in found.items() if person <= last}


def _following(streams: Iterable[int], rule: Q) -> QuerySet[Follow, tuple[int, int]]:
    """The followers of some streams who get them in a timeline, and the id of that timeline."""
    rows = Follow.objects.filter(rule, _has_timeline(), stream__in=list(streams), state=Follow.State.ACCEPTED)
    return rows.values_list("follower", follow_rule.timeline_id())


def _has_timeline() -> Q:
    return Q(place__in=list(follow_rule.timeline_columns()))


def _is_active() -> Q:
    """Follows that lead to a feed which was read lately."""
    active = store.active_feeds()
    columns = sorted(set(follow_rule.timeline_columns().values()))
    return reduce(or_, (Q(**{f"{column}__in": active}) for column in columns))


def _feeds(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return {feed: person for person, feed in rows}


def _push(feeds: Iterable[int], ids: list[int]) -> None:
    if len(ids) > PUSHED_AT_ONCE:
        store.forget(feeds)
    else:
        store.push(list(feeds), ids)


def _push_later_comments(comment: Activity) -> None:
    """Push newer comments of the thread to the author of this one, if they were pushed before its commit.

    The author takes part from this comment on, but the delivery of the others could not see it. One query.
    """
    if comment.post is None or comment.post.is_root:
        return
    brought = follow_rule.brought_by(comment.actor, _has_timeline())
    rows = Publication.objects.filter(brought, thread=comment.post.thread_id, activity__gt=comment.pk)
    later = rows.order_by("activity").values_list("activity", flat=True).distinct()
    if found := list(later[: PUSHED_AT_ONCE + 1]):
        lists = comment.actor.lists.values_list("pk", flat=True)
        _push([comment.actor_id, *lists], found)


def _published(activity: Activity) -> Iterable[Published]:
    """What an activity adds to streams: itself, or a whole thread to the topics that it gained by an edit.

    Streams that are pulled are left out.
    """
    rows = activity.publications.all()
    if activity.type == Type.UPDATE and activity.post is not None:
        gained = details.Update.read(activity).streams
        rows = Publication.objects.filter(thread=activity.post.thread_id, stream__in=gained)
    pushed = rows.filter(activity__gte=F("stream__pushed_from"))
    return (Published(*row) for row in pushed.values_list(*Published._fields))


def _is_published(activity: Activity) -> bool:
    """Whether it is a post, a comment or a reshare, or a thread gained topics by it."""
    if activity.type == Type.UPDATE:
        return bool(details.Update.read(activity).streams)
    return activity.post_id is not None and activity.type in (Type.CREATE, Type.ANNOUNCE)


def _whose_follows(activity: Activity) -> int | None:
    """The person whose follows an activity changed so that their home may get older entries."""
    person: int | None = None
    match details.of(activity):
        case details.Request() | details.Update(of="Follow") | details.Delete(of="List"):
            person = activity.actor_id
        case details.Accept(of="Follow"):
            person = activity.stream_id
        case details.Accept():
            person = activity.target_id
    return person
