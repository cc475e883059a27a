"""Who may read which post, who may write in which thread, and who muted what."""

from __future__ import annotations

from network.models import Post
from tests.oracle.world import World


def readable(world: World, viewer: int | None) -> set[int]:
    return {post for post in world.posts if may_read(world, viewer, post)}


def may_read(world: World, viewer: int | None, post_id: int) -> bool:
    return world.posts[post_id].deleted_at is None and _is_admitted(world, viewer, post_id)


def _is_admitted(world: World, viewer: int | None, post_id: int) -> bool:
    if viewer is None and world.is_closed:
        return False
    post, root = world.posts[post_id], world.root(post_id)
    if post.author_id == viewer:
        return True
    if world.role(viewer, root.group_id) in ("moderator", "owner"):
        return True
    if post.hidden_at is not None and root.author_id != viewer:
        return False
    if world.has_block(viewer, post.author_id) or world.has_block(viewer, root.author_id):
        return False
    return _is_audience(world, viewer, root)


def _is_audience(world: World, viewer: int | None, root: Post) -> bool:
    if root.audience in ("public", "unlisted"):
        return True
    if root.audience == "group" and world.groups[root.group_id].kind == "open":
        return True
    return any(admits(world, viewer, root) for admits in READING_RULES.values())


def _is_author(world: World, viewer: int | None, root: Post) -> bool:
    return root.audience != "group" and root.author_id == viewer


def _is_member(world: World, viewer: int | None, root: Post) -> bool:
    return root.audience == "group" and bool(world.role(viewer, root.group_id))


def _is_follower(world: World, viewer: int | None, root: Post) -> bool:
    return root.audience == "followers" and world.follow(viewer, root.author_id) is not None


def _is_addressee(world: World, viewer: int | None, root: Post) -> bool:
    return root.audience == "direct" and (root.pk, viewer) in world.addressed


# The rules that admit people to posts that are not public, by the names of these rules in Kith.
READING_RULES = {
    "author": _is_author,
    "member": _is_member,
    "follower": _is_follower,
    "addressee": _is_addressee,
}


def may_comment(world: World, person: int, root_id: int) -> bool:
    """Whether `person` may write in a thread. Its root may be deleted: its comments are answered still."""
    root = world.posts[root_id]
    if root.group_id is not None:
        is_closed = world.groups[root.group_id].closed_at is not None
        if is_closed or not world.role(person, root.group_id):
            return False
    may_write = any(lets_write(world, person, root) for lets_write in WRITING_RULES.values())
    return may_write and _is_admitted(world, person, root_id)


def _is_in_own_thread(world: World, person: int, root: Post) -> bool:
    return root.author_id == person


def _is_among_everyone(world: World, person: int, root: Post) -> bool:
    return root.commenting == "everyone"


def _is_followed(world: World, person: int, root: Post) -> bool:
    return root.commenting == "followed" and world.follow(root.author_id, person) is not None


def _is_named(world: World, person: int, root: Post) -> bool:
    pair = (root.pk, person)
    return root.commenting == "named" and (pair in world.mentioned or pair in world.addressed)


# The rules that let people write in threads that they may read, by the names of these rules in Kith.
WRITING_RULES = {
    "author": _is_in_own_thread,
    "everyone": _is_among_everyone,
    "followed": _is_followed,
    "named": _is_named,
}


def may_see_group(world: World, viewer: int | None, group: int) -> bool:
    """Whether `viewer` may see the group's name and page."""
    if viewer is None and world.is_closed:
        return False
    return world.groups[group].kind != "hidden" or bool(world.role(viewer, group))


def may_see_person(world: World, viewer: int | None, person: int) -> bool:
    """Whether `viewer` may see the person's name and page."""
    return not world.is_closed if viewer is None else not world.has_block(viewer, person)


def not_muted(world: World, viewer: int, post_id: int, actor: int) -> bool:
    """Whether no mute of `viewer` excludes the post, or this actor's activity about it, from their feeds."""
    root, tokens = world.root(post_id), world.tokens(post_id)
    for mute in world.mutes:
        if mute.person_id != viewer or (mute.until is not None and mute.until <= world.now):
            continue
        if mute.muted_person_id in (world.posts[post_id].author_id, root.author_id, actor):
            return False
        if mute.thread_id == root.pk or mute.topic_id in world.topics_of[root.pk]:
            return False
        if mute.word.strip() in tokens:
            return False
    return True
