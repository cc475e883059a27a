"""What stands inside a card: the post that it answers, and those that it quotes, two deep."""

from __future__ import annotations

from tests.oracle.rights import may_read, not_muted
from tests.oracle.world import World

# Of a post inside: "gone", "muted", or its id with what it quotes; "cut" where that is not shown.
Inside = str | tuple[int, object] | None


def answered(world: World, viewer: int, post: int) -> Inside:
    parent = world.posts[post].parent_id
    return None if parent is None else _standing(world, viewer, parent) or (parent, None)


def quoted(world: World, viewer: int, post: int, depth: int = 1) -> Inside:
    other = world.posts[post].quotes_id
    if other is None:
        return None
    if depth > 2:
        return "cut"
    return _standing(world, viewer, other) or (other, quoted(world, viewer, other, depth + 1))


def _standing(world: World, viewer: int, post: int) -> str:
    """What stands in the place of a post that is not shown."""
    if not may_read(world, viewer, post):
        return "gone"
    return "" if not_muted(world, viewer, post, world.posts[post].author_id) else "muted"
