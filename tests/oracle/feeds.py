"""The publications of all entries, and the feeds that follow from them.

A feed is a list of (activity, thread), newest first, with each thread once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from network.models import Follow
from tests.oracle.rights import may_read, not_muted
from tests.oracle.world import World

Feed = list[tuple[int, int]]


@dataclass(frozen=True)
class Entry:
    """A post, comment or reshare, and the streams in which it must appear."""

    id: int
    post: int
    thread: int
    actor: int
    kind: str
    streams: frozenset[int]


def entries(world: World) -> list[Entry]:
    """All entries, computed from posts and reshares alone. Stored publications are not read."""
    said = [
        Entry(
            id=post.pk,
            post=post.pk,
            thread=post.thread_id,
            actor=post.author_id,
            kind="post" if post.parent_id is None else "comment",
            streams=frozenset(_streams(world, post.pk)),
        )
        for post in world.posts.values()
        if post.deleted_at is None
    ]
    passed_on = [
        Entry(
            id=reshare.pk,
            post=reshare.post_id,
            thread=world.posts[reshare.post_id].thread_id,
            actor=reshare.person_id,
            kind="reshare",
            streams=frozenset([world.root(reshare.post_id).group_id or reshare.person_id]),
        )
        for reshare in world.reshares
    ]
    return said + passed_on


def _streams(world: World, post_id: int) -> set[int]:
    root = world.root(post_id)
    if root.audience == "direct":
        return set()
    if root.audience == "group":
        is_open = world.groups[root.group_id].kind == "open"
        return {root.group_id} | (world.topics_of[root.pk] if is_open else set())
    own = {world.posts[post_id].author_id}
    return own | world.topics_of[root.pk] if root.audience == "public" else own


# A feed of a person: home, the part of home from streams of one kind, or a list, by its id.
HOME = "home"
Which = str | int


def home(world: World, viewer: int, among: Iterable[Entry] | None = None) -> Feed:
    return feed(world, viewer, HOME, among)


def feed(world: World, viewer: int, which: Which, among: Iterable[Entry] | None = None) -> Feed:
    found = entries(world) if among is None else among
    return newest_of_threads(entry for entry in found if belongs(world, viewer, entry, which))


def belongs(world: World, viewer: int, entry: Entry, which: Which = HOME) -> bool:
    """Whether an entry belongs to a feed of `viewer`. Their own activities belong to their home."""
    is_own = entry.actor == viewer and bool(entry.streams) and which == HOME
    return (
        (is_own or bool(brought_by(world, viewer, entry, which)))
        and may_read(world, viewer, entry.post)
        and not_muted(world, viewer, entry.post, entry.actor)
        and not (entry.kind == "reshare" and world.has_block(viewer, entry.actor))
    )


def brought_by(world: World, viewer: int, entry: Entry, which: Which = HOME) -> set[int]:
    """The streams by which the entry is delivered to the feed: `viewer` follows them, and the follow lets it in."""
    return {
        stream
        for stream in entry.streams
        if (follow := world.follow(viewer, stream)) is not None
        and _goes_to(world, follow, which)
        and _lets_in(world, follow, entry)
    }


def _goes_to(world: World, follow: Follow, which: Which) -> bool:
    if isinstance(which, int):
        return follow.place == "list" and follow.list_id == which
    return follow.place == "home" and which in (HOME, world.streams[follow.stream_id].kind)


def _lets_in(world: World, follow: Follow, entry: Entry) -> bool:
    if entry.kind == "post":
        return True
    if entry.kind == "reshare":
        return follow.reshares
    return follow.comments == "all" or (
        follow.comments == "some" and is_concerned(world, follow.follower_id, entry.post)
    )


def is_concerned(world: World, viewer: int, comment_id: int) -> bool:
    """Whether `viewer` follows both sides of a comment, or had written in its thread before it."""
    comment = world.posts[comment_id]
    answered = world.posts[comment.parent_id]
    if all(world.follow(viewer, side) for side in (comment.author_id, answered.author_id)):
        return True
    in_thread = [post for post in world.posts.values() if post.thread_id == comment.thread_id]
    return any(post.author_id == viewer and post.pk <= comment.pk for post in in_thread)


def reasons(world: World, viewer: int, thread: int, upto: int, which: Which = HOME) -> set[tuple[str, int]]:
    """All reasons why a thread is in a feed: the kind of reason, and the stream that `viewer` follows."""
    ways = set()
    for entry in entries(world):
        if entry.thread == thread and entry.id <= upto and belongs(world, viewer, entry, which):
            for stream in brought_by(world, viewer, entry, which):
                kind = world.streams[stream].kind
                by_person = "reshared" if entry.kind == "reshare" else "followed"
                ways.add((by_person if kind == "person" else kind, stream))
    return ways


def topic_page(world: World, viewer: int | None, topic: int) -> Feed:
    return _stream_page(world, viewer, topic)


def person_page(world: World, viewer: int | None, person: int) -> Feed:
    """The entries on a person's page, for a viewer who has no block with that person."""
    return _stream_page(world, viewer, person)


def _stream_page(world: World, viewer: int | None, stream: int) -> Feed:
    return newest_of_threads(
        entry for entry in entries(world) if stream in entry.streams and may_read(world, viewer, entry.post)
    )


def newest_of_threads(found: Iterable[Entry]) -> Feed:
    newest: dict[int, int] = {}
    for entry in found:
        newest[entry.thread] = max(entry.id, newest.get(entry.thread, 0))
    return sorted(((id, thread) for thread, id in newest.items()), reverse=True)


def pending(world: World, found: Iterable[Entry]) -> tuple[list[Entry], bool]:
    """The entries without their streams that wait for fan-out, and whether any delivery is pending."""
    due = [
        row.activity
        for row in world.deliveries
        if row.kind == "timelines" and (row.activity.post_id is not None)
    ]
    late = {activity.pk for activity in due}
    gained = [
        (activity.post_id, {int(stream) for stream in activity.detail.get("streams", ())})
        for activity in due
        if activity.type == "Update"
    ]
    served = []
    for entry in found:
        waiting = set(entry.streams) if entry.id in late else set()
        for thread, streams in gained:
            waiting |= streams if thread == entry.thread else set()
        served.append(replace(entry, streams=entry.streams - waiting))
    return served, bool(late)
