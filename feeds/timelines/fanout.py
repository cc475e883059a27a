"""Fan-out: an activity, its streams, their followers, an entry in the timeline of a feed of each.

A batch of followers is one delivery. The next batch is owed before this one is pushed, so that a large stream
keeps every worker busy, and one that dies holds up only its own batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from feeds import follow_rule
from feeds.delivery import backlog, outbox
from feeds.timelines import rebuild, store
from network.models import Activity, Follow, Publication, details

KIND = backlog.KIND
FOLLOWERS_A_BATCH = 10_000
# Where a thread gains a topic, more than so many of its entries are not pushed: timelines are built anew.
PUSHED_AT_ONCE = store.MOST - store.KEPT

Type = Activity.Type
PLACES = Q(place__in=(Follow.Place.HOME, Follow.Place.LIST))  # that have a timeline


class Published(NamedTuple):
    stream: int
    activity: int
    kind: str
    thread: int
    actor: int
    answered: int | None


def is_owed(activity: Activity) -> bool:
    """Whether an activity enters timelines, or makes one out of date."""
    return _appears(activity) or _turned(activity) is not None


def deliver(activity: Activity, batch: int) -> None:
    """Push an activity to the timelines of the followers with ids above `batch`: the next so many.

    Again, late or in part: a reader cannot tell, for a timeline holds candidates.
    """
    turned = _turned(activity)
    if turned is not None:
        rebuild.renew(turned)
        return
    if batch == 0 and activity.type == Type.CREATE:
        _push_meanwhile(activity)
    if published := list(_published(activity)):
        push(activity, published, batch)


def push(activity: Activity, published: Collection[Published], batch: int) -> None:
    streams = {row.stream for row in published}
    wanted = _wanted(published)
    ids = sorted({row.activity for row in published})
    feeds = next_feeds(streams, wanted, batch)
    if len(feeds) >= FOLLOWERS_A_BATCH:
        outbox.owe(activity, KIND, max(feeds.values()))
        if batch == 0:
            here = store.readers()
            is_here = Q(follower__in=here) | Q(list__in=here)
            _push(_feeds(_following(streams, wanted).filter(is_here)), ids)
    _push(feeds, ids)


def _wanted(published: Collection[Published]) -> Q:
    """The follows that let in what was published.

    A read would drop the rest anyway. But a timeline has room for 880 candidates: full of comments that are
    not for its person, it would send each page to the database. Only a thread that gains a topic is pushed
    to all of the topic's followers, which is rare and short.
    """
    said = {row.activity: row for row in published}
    if len(said) > 1:
        return Q()
    [row] = said.values()
    return follow_rule.of_entry(row.kind, partial(getattr, row))


def next_feeds(streams: Iterable[int], wanted: Q, after: int) -> dict[int, int]:
    """The feeds that something in these streams may enter, of the next people by keyset, and whose each is.

    Somebody may have it at home by one stream and in a list by another: one batch has both. Rights come at
    reading. A query a stream.
    """
    found: dict[int, int] = {}
    for stream in streams:
        rows = _following([stream], wanted).filter(follower__gt=after).order_by("follower")
        found |= _feeds(rows[:FOLLOWERS_A_BATCH])
    if len(found) <= FOLLOWERS_A_BATCH:
        return found
    last = sorted(found.values())[FOLLOWERS_A_BATCH - 1]
    return {feed: person for feed, person in found.items() if person <= last}


def _following(streams: Iterable[int], wanted: Q) -> QuerySet[Follow, tuple[int, int | None]]:
    """Who follows some streams with a feed of theirs, and the list where that is one."""
    rows = Follow.objects.filter(wanted, PLACES, stream__in=list(streams), state=Follow.State.ACCEPTED)
    return rows.values_list("follower", "list")


def _feeds(rows: Iterable[tuple[int, int | None]]) -> dict[int, int]:
    # Of nothing but ints, which the garbage collector has no need to look at.
    return {list_ or person: person for person, list_ in rows}


def _push(feeds: Iterable[int], ids: list[int]) -> None:
    if len(ids) > PUSHED_AT_ONCE:
        store.forget(feeds)
    else:
        store.push(list(feeds), ids)


def _push_meanwhile(comment: Activity) -> None:
    """Push to who comments what came in the thread after it, and was pushed before it was committed.

    From their first comment on they take part, but who pushed the others could not know of it. One query.
    """
    if comment.post is None or comment.post.is_root:
        return
    rows = Publication.objects.filter(
        follow_rule.brought_by(comment.actor, PLACES), thread=comment.post.thread_id, activity__gt=comment.pk
    )
    later = rows.order_by("activity").values_list("activity", flat=True).distinct()
    if found := list(later[: PUSHED_AT_ONCE + 1]):
        lists = comment.actor.lists.values_list("pk", flat=True)
        _push([comment.actor_id, *lists], found)


def _published(activity: Activity) -> Iterable[Published]:
    """What an activity makes appear: itself, or a whole thread in the topics that it gained by an edit.

    Streams that are pulled are left out.
    """
    rows = activity.publications.all()
    if activity.type == Type.UPDATE and activity.post is not None:
        gained = details.Update.read(activity).streams
        rows = Publication.objects.filter(thread=activity.post.thread_id, stream__in=gained)
    pushed = rows.filter(activity__gte=F("stream__pushed_from"))
    return (Published(*row) for row in pushed.values_list(*Published._fields))


def _appears(activity: Activity) -> bool:
    """Whether something is said or passed on, or a thread gained topics."""
    if activity.type == Type.UPDATE:
        return bool(details.Update.read(activity).streams)
    return activity.post_id is not None and activity.type in (Type.CREATE, Type.ANNOUNCE)


def _turned(activity: Activity) -> int | None:
    """The person whose follows an activity changed so that their home may hold older entries."""
    person: int | None = None
    match details.of(activity):
        case details.Request() | details.Update(of="Follow") | details.Delete(of="List"):
            person = activity.actor_id
        case details.Accept(of="Follow"):
            person = activity.stream_id
        case details.Accept(person=joined):
            person = joined
    return person
