"""Constraints between rows that must hold after concurrent actions. Each rule yields the violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from network.models import (
    Activity,
    Bookmark,
    FormerHandle,
    Invitation,
    Mention,
    Publication,
    Revision,
    User,
)
from tests.oracle.world import World


def violations(world: World) -> Iterator[str]:
    """All violations, as sentences."""
    for rule in (_follows, _groups, _topics, _deleted_posts, _publications, _polls, _names, _toggles):
        yield from rule(world)


def _follows(world: World) -> Iterator[str]:
    owners = {one.pk: one.owner_id for one in world.lists}
    for row in world.follows:
        if world.has_block(row.follower_id, row.stream_id):
            yield f"{row} exists across a block"
        if row.list_id is not None and owners.get(row.list_id) != row.follower_id:
            yield f"{row} is in a list of another person"
        person, group = world.people.get(row.stream_id), world.groups.get(row.stream_id)
        asks = person is not None and person.approves_followers
        asks = asks or (group is not None and (group.kind != "open" or group.closed_at is not None))
        if row.state == "requested" and not asks:
            yield f"{row} is a request where none is needed"
        if (row.role != "") != (group is not None and row.state == "accepted"):
            yield f"{row} has the role {row.role!r}"


def _groups(world: World) -> Iterator[str]:
    for group in world.groups.values():
        roles = [row.role for row in world.follows if row.stream_id == group.pk]
        if group.closed_at is None and "owner" not in roles:
            yield f"{group} has no owner"


def _topics(world: World) -> Iterator[str]:
    aliases = {topic.pk for topic in world.topics.values() if topic.alias_of_id is not None}
    for topic in world.topics.values():
        if topic.alias_of_id in aliases:
            yield f"{topic} is an alias of an alias"
    about = {topic for topics in world.topics_of.values() for topic in topics}
    muted = {mute.topic_id for mute in world.mutes}
    published = set(Publication.objects.values_list("stream", flat=True))
    for name, found in (
        ("a thread is about", about),
        ("somebody mutes", muted),
        ("there are publications in", published),
        ("somebody follows", {row.stream_id for row in world.follows}),
    ):
        for alias in aliases & found:
            yield f"{name} the alias {world.topics[alias]}"


def _deleted_posts(world: World) -> Iterator[str]:
    deleted = {post.pk for post in world.posts.values() if post.deleted_at is not None}
    for rows in (world.likes, world.reshares, *map(_all, (Bookmark, Mention, Revision))):
        for row in rows:
            if row.post_id in deleted:
                yield f"{row} belongs to a deleted post"


def _publications(world: World) -> Iterator[str]:
    stored = {(row.activity_id, row.stream_id) for row in Publication.objects.all()}
    due = set()
    for post in world.posts.values():
        root = world.root(post.pk)
        if post.deleted_at is not None or root.audience == "direct":
            continue
        group = world.groups.get(root.group_id or 0)
        due.add((post.pk, group.pk if group is not None else post.author_id))
        if group.kind == "open" if group is not None else root.audience == "public":
            due |= {(post.pk, topic) for topic in world.topics_of[root.pk]}
    for reshare in world.reshares:
        due.add((reshare.pk, world.root(reshare.post_id).group_id or reshare.person_id))
    for activity, stream in sorted(stored - due):
        yield f"{activity} is published in {world.streams[stream]}, and should not be"
    for activity, stream in sorted(due - stored):
        yield f"{activity} is not published in {world.streams[stream]}"


def _polls(world: World) -> Iterator[str]:
    several = {poll.pk for poll in world.polls if poll.multiple}
    of_poll = {option.pk: option.poll_id for option in world.options}
    votes = Counter((vote.person_id, of_poll[vote.option_id]) for vote in world.votes)
    for (person, poll), number in votes.items():
        if number > 1 and poll not in several:
            yield f"{person} has {number} votes in poll {poll}"


def _names(world: World) -> Iterator[str]:
    now = {person.handle: person.pk for person in world.people.values()}
    for former in FormerHandle.objects.all():
        if now.get(former.handle, former.person_id) != former.person_id:
            yield f"@{former.handle} belongs to two people"
    for user in User.objects.select_related("person"):
        if user.username != user.person.handle:
            yield f"{user.person} signs in as {user.username}"
    for (group, inviter, person), number in Counter(
        (row.group_id, row.inviter_id, row.person_id) for row in Invitation.objects.exclude(person=None)
    ).items():
        if number > 1:
            yield f"{inviter} invited {person} {number} times into {group}"


def _toggles(world: World) -> Iterator[str]:
    """A like, reshare, bookmark or block exists exactly when the activities record it as done and not as undone."""
    acts = list(Activity.objects.all())
    deleted = {post.pk for post in world.posts.values() if post.deleted_at is not None}
    blocks = {tuple(sorted(pair)) for pair in world.blocks}
    for name, rows, begun in (
        ("Like", {(row.person_id, row.post_id) for row in world.likes}, "Like"),
        ("Announce", {(row.person_id, row.post_id) for row in world.reshares}, "Announce"),
        ("bookmarks", {(row.person_id, row.post_id) for row in Bookmark.objects.all()}, "Add"),
    ):
        tally: Counter[tuple[int, int | None]] = Counter()
        for act in acts:
            if act.type == begun and (name != "bookmarks" or act.detail.get("to") == name):
                tally[act.actor_id, act.post_id] += 1
            if name in (act.detail.get("of"), act.detail.get("from")) and act.type in ("Undo", "Remove"):
                tally[act.actor_id, act.post_id] -= 1
        for (person, post), number in tally.items():
            if post not in deleted and number != ((person, post) in rows):
                yield f"{name} of {post} by {person}: {number} by what is recorded"
    pairs: Counter[tuple[int, ...]] = Counter()
    for act in acts:
        if act.type == "Block" or (act.type == "Undo" and act.detail.get("of") == "Block"):
            pairs[tuple(sorted((act.actor_id, act.stream_id or 0)))] += 1 if act.type == "Block" else -1
    for pair, number in pairs.items():
        if (number > 0) != (pair in blocks):
            yield f"between {pair}: {number} blocks by what is recorded"


def _all(model: type[Bookmark | Mention | Revision]) -> list[Bookmark | Mention | Revision]:
    return list(model.objects.all())
