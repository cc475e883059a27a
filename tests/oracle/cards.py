"""The posts inside a card: the parent of its post, and the posts that it quotes, two levels deep."""

from __future__ import annotations

from tests.oracle.rights import may_read, not_muted
from tests.oracle.world import World

# The state of an inner post: "gone", "muted", or its id with what it quotes; "cut" below the second level.
Inside = str | tuple[int, object] | None


def answered(world: World, viewer: int, post: int) -> Inside:
    parent = world.posts[post].parent_id
    return None if parent is None else _hidden_state(world, viewer, parent) or (parent, None)


def quoted(world: World, viewer: int, post: int, depth: int = 1) -> Inside:
    other = world.posts[post].quotes_id
    if other is None:
        return None
    if depth > 2:
        return "cut"
    return _hidden_state(world, viewer, other) or (other, quoted(world, viewer, other, depth + 1))


def _hidden_state(world: World, viewer: int, post: int) -> str:
    """Return "gone" or "muted" for a post that is not shown, and "" for one that is shown."""
    if not may_read(world, viewer, post):
        return "gone"
    return "" if not_muted(world, viewer, post, world.posts[post].author_id) else "muted"
