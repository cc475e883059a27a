"""A fresh load of a place: its entries in the database, and the content of its real page."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.feed import Feed
from feeds.reading import entries, home, streams
from network.errors import NotVisible
from network.models import Activity, Group, Person, Post, Publication, Stream
from network.queries import discussions, messages, threads
from network.queries.posts import readable_by
from network.queries.threads import Comment
from realtime.protocol.places import FEEDS, Place

KINDS = {"people": "person", "topics": "topic", "groups": "group"}
ALL = 1000  # more than an example makes


@dataclass(frozen=True)
class Entry:
    """An entry of an activity. In its thread a comment has the id of the activity that created it, which is its own."""

    id: int
    post: int
    thread: int


def entries_at(viewer: Person | None, place: Place) -> dict[int, Entry]:
    """All entries at a place that a person may see, by id, whether or not a page has room for them."""
    if place.kind == "thread":
        rows = readable_by(viewer).filter(thread=place.id).values_list("pk", "pk", "thread")
    elif place.kind == "messages":
        direct = readable_by(viewer).filter(thread__audience=Post.Audience.DIRECT)
        said = Activity.objects.filter(type=Activity.Type.CREATE, post__in=direct)
        rows = said.values_list("pk", "post", "post__thread")
    else:
        published = (
            entries.of_feed(feed_of(viewer, place))
            if place.kind in FEEDS and viewer is not None
            else entries.of_stream(viewer, Stream(pk=place.id))
        )
        if place.kind == "group":
            # A reshare does not bump a discussion.
            published = published.exclude(kind=Publication.Kind.RESHARE)
        rows = published.values_list("activity", "activity__post", "thread").distinct()
    return {row[0]: Entry(*row) for row in rows}


def page_at(viewer: Person | None, place: Place) -> set[int]:
    """The ids of what the page of a place shows, by its own query: posts in a thread, threads elsewhere."""
    if place.kind == "thread":
        return _posts_of_thread(viewer, place.id)
    if place.kind == "group":
        found = discussions.find_page(viewer, Group.objects.get(pk=place.id), None)
        return {row.shown.post.pk for row in found.rows}
    if place.kind == "messages":
        assert viewer is not None
        return {message.shown.post.pk for message in messages.find_page(viewer).messages}
    if place.kind in FEEDS:
        return {entry.thread for entry in home.slots_of(feed_of(viewer, place), None, ALL).entries}
    return {entry.thread for entry in streams.slots(viewer, Stream(pk=place.id)).entries}


def feed_of(viewer: Person | None, place: Place) -> Feed:
    assert viewer is not None
    if place.kind == "list":
        return Feed(viewer, list=place.id)
    return Feed(viewer, kind=KINDS.get(place.kind, ""))


def _posts_of_thread(viewer: Person | None, root: int) -> set[int]:
    try:
        page = threads.find_page(viewer, root)
    except NotVisible:
        return set()
    found = {root} if page.root is not None else set()
    waiting: list[Comment] = list(page.comments)
    while waiting:
        comment = waiting.pop()
        waiting += comment.replies
        if comment.shown is not None:
            found.add(comment.id)
    return found
