"""Fan-out: an activity, its streams, their followers, an entry in each one's timeline."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from feeds import timelines
from network.models import Activity, Follow, Publication

FOLLOWERS_A_QUERY = 3000


def is_owed(activity: Activity) -> bool:
    """Whether an activity enters timelines: something said or passed on, or a thread that gained topics."""
    if activity.type == Activity.Type.UPDATE:
        return bool(activity.detail.get("streams"))
    return activity.post_id is not None and activity.type in (Activity.Type.CREATE, Activity.Type.ANNOUNCE)


def deliver(activity: Activity, batch: int) -> None:
    """Push an activity to the timelines of those who follow the streams that it is published to.

    Again, late or in part: a reader cannot tell, for a timeline holds candidates.
    """
    for publication in publications(activity):
        for followers in followers_to_push(publication):
            timelines.push(followers, [publication.activity_id])


def publications(activity: Activity) -> Iterator[Publication]:
    """What an activity makes appear: itself, or a whole thread in the topics that it gained by an edit."""
    if activity.type == Activity.Type.UPDATE and activity.post is not None:
        streams = [int(stream) for stream in activity.detail["streams"]]
        gained = Publication.objects.filter(thread=activity.post.thread_id, stream__in=streams)
    else:
        gained = activity.publications.all()
    return gained.iterator()


def followers_to_push(publication: Publication) -> Iterator[list[int]]:
    """Ids of the people whose home a publication may enter, in batches by keyset. Rights come at reading."""
    kind = Publication.Kind
    switch = {kind.POST: Q(), kind.COMMENT: Q(comments=True), kind.RESHARE: Q(reshares=True)}
    followers = (
        Follow.objects.filter(
            switch[kind(publication.kind)],
            stream=publication.stream_id,
            state=Follow.State.ACCEPTED,
            place=Follow.Place.HOME,
        )
        .order_by("follower")
        .values_list("follower", flat=True)
    )
    last = 0
    while batch := list(followers.filter(follower__gt=last)[:FOLLOWERS_A_QUERY]):
        yield batch
        last = batch[-1]
