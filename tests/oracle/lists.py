"""The lists that are not feeds: comments of a thread, discussions of a group, messages."""

from __future__ import annotations

from tests.oracle.rights import may_read
from tests.oracle.world import World


def thread(world: World, viewer: int | None, root: int) -> tuple[bool, list[int]] | None:
    """Whether the root may be read, and the readable comments in order; None where the page does not exist."""
    comments = sorted(
        post.pk
        for post in world.posts.values()
        if post.thread_id == root and post.pk != root and may_read(world, viewer, post.pk)
    )
    if may_read(world, viewer, root):
        return True, comments
    is_tombstone = world.posts[root].deleted_at is not None and bool(comments)
    return (False, comments) if is_tombstone else None


def tombstones(world: World, viewer: int | None, root: int) -> set[int]:
    """Deleted comments that are shown as tombstones, because a readable comment is below them."""
    found = thread(world, viewer, root)
    standing = set(found[1]) if found is not None else set()
    while True:
        above = {world.posts[post].parent_id for post in standing} - standing - {root}
        graves = {post for post in above if world.posts[post].deleted_at is not None}
        if not graves:
            return {post for post in standing if world.posts[post].deleted_at is not None}
        standing |= graves


def discussions(world: World, viewer: int | None, group: int) -> list[int]:
    """The threads of a group that `viewer` may read, in the order of their last activity, newest first."""
    roots = [
        post.pk
        for post in world.posts.values()
        if post.pk == post.thread_id and post.group_id == group and may_read(world, viewer, post.pk)
    ]
    return _by_last_activity(world, roots)


def messages(world: World, viewer: int) -> list[int]:
    """The direct threads of which `viewer` is the author or an addressee."""
    roots = [
        post.pk
        for post in world.posts.values()
        if post.pk == post.thread_id
        and post.audience == "direct"
        and (post.author_id == viewer or (post.pk, viewer) in world.addressed)
        and may_read(world, viewer, post.pk)
    ]
    return _by_last_activity(world, roots)


def _by_last_activity(world: World, roots: list[int]) -> list[int]:
    def last(root: int) -> int:
        shown = [
            post.pk
            for post in world.posts.values()
            if post.thread_id == root and post.deleted_at is None and post.hidden_at is None
        ]
        return max([*shown, root])

    return sorted(roots, key=last, reverse=True)
