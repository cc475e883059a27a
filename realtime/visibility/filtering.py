"""The rule in memory: which page receives which message. It is equal to the SQL of the pages.

What a follow lets in, and where it leads, comes from the data of `feeds/follow_rule.py`, as in the SQL of
feeds. `network/queries/rights.py` and `feeds/reading/entries.py` state the rest in SQL;
`tests/realtime/visibility/test_filtering.py` holds the two together on random worlds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from feeds.follow_rule import Concern
from network.models import Post, Publication
from network.queries.rights import OPEN_AUDIENCES
from realtime.protocol.messages import Message
from realtime.protocol.places import FEEDS, STREAMS, Place
from realtime.protocol.post_visibility import PostVisibility
from realtime.visibility import follow_flags
from realtime.visibility.follow_flags import FOLLOWED, MEMBER, MODERATOR
from realtime.visibility.rights import Rights

OPEN = frozenset(map(str, OPEN_AUDIENCES))
GROUP, FOLLOWERS, DIRECT = str(Post.Audience.GROUP), str(Post.Audience.FOLLOWERS), str(Post.Audience.DIRECT)


def may_read(rights: Rights, post: PostVisibility) -> bool:
    """Whether the person may read the post: by its audience, blocks and deletion."""
    return not post.is_deleted and is_admitted(rights, post)


def is_admitted(rights: Rights, post: PostVisibility) -> bool:
    """Whether the person may read the post, or could before it was deleted."""
    for_all = post.audience in OPEN or (post.audience == GROUP and post.group_is_open)
    person = rights.person
    if person is None:
        return for_all and not post.is_hidden and not rights.reads_nothing
    if post.author == person:
        return True
    if post.group is not None and rights.follows.get(post.group) & MODERATOR:
        return True
    own_thread = post.thread_author == person
    if post.is_hidden and not own_thread:
        return False
    if post.author in rights.blocked or post.thread_author in rights.blocked:
        return False
    if for_all:
        return True
    for admits in READING_RULES.values():  # noqa: SIM110 - any() takes longer
        if admits(rights, post):
            return True
    return False


def _is_author(rights: Rights, post: PostVisibility) -> bool:
    return post.thread_author == rights.person and post.audience != GROUP


def _is_member(rights: Rights, post: PostVisibility) -> bool:
    return post.group is not None and bool(rights.follows.get(post.group) & MEMBER)


def _is_follower(rights: Rights, post: PostVisibility) -> bool:
    return post.audience == FOLLOWERS and bool(rights.follows.get(post.thread_author) & FOLLOWED)


def _is_addressee(rights: Rights, post: PostVisibility) -> bool:
    return post.audience == DIRECT and rights.person in post.addressees


# The predicates of `network.queries.rights.READING_RULES`, by the same names.
READING_RULES: dict[str, Callable[[Rights, PostVisibility], bool]] = {
    "author": _is_author,
    "member": _is_member,
    "follower": _is_follower,
    "addressee": _is_addressee,
}


def not_muted(rights: Rights, post: PostVisibility, actor: int) -> bool:
    """Whether the person has muted neither the post nor its author, the actor, thread, topics or words."""
    now = time.time()
    people = rights.muted_people
    if people and any(people.get(one) > now for one in {post.author, post.thread_author, actor}):
        return False
    if rights.muted_threads and rights.muted_threads.get(post.thread) > now:
        return False
    topics = rights.muted_topics
    if topics and any(topics.get(topic) > now for topic in post.topics):
        return False
    for word, ends in rights.muted_words.items():  # noqa: SIM110 - any() takes twice as long
        if word in post.words and ends > now:
            return False
    return True


def goes_to(rights: Rights, place: Place) -> Iterator[int]:
    """The streams whose follows lead to one of the person's feeds."""
    needed = follow_flags.needed(place.kind)
    if place.kind == "list":
        yield from (stream for stream, into in rights.lists.items() if into == place.id)
    elif needed:
        yield from (stream for stream, given in rights.follows.items() if given & needed == needed)


def in_feed(rights: Rights, place: Place, message: Message) -> bool:
    """Whether an entry belongs in one of the person's feeds. Their own acts belong in their home."""
    post = message.visibility
    if post is None or rights.person is None or not message.streams:
        return False
    if message.actor != rights.person or place.kind != "home":
        flags = let_in_by(rights, message.kind, post)
        if not any(_brings(rights, place, stream, flags) for stream in message.streams):
            return False
    if message.kind == Publication.Kind.RESHARE and message.actor in rights.blocked:
        return False
    return may_read(rights, post) and not_muted(rights, post, message.actor)


def let_in_by(rights: Rights, kind: str, post: PostVisibility) -> int:
    """The flags of which a follow must have one to let in an entry; 0 where no follow lets it in."""
    flags = 0
    for flag, concerns in follow_flags.conditions(kind):
        if not concerns or any(_concerns(rights, concern, post) for concern in concerns):
            flags |= flag
    return flags


def _concerns(rights: Rights, concern: Concern, comment: PostVisibility) -> bool:
    match concern:
        case Concern.FOLLOWS_BOTH_SIDES:
            sides = rights.follows.get(comment.author), rights.follows.get(comment.answered)
            return all(given & FOLLOWED for given in sides)
        case Concern.TAKES_PART:
            return rights.person in comment.people


def _brings(rights: Rights, place: Place, stream: int, flags: int) -> bool:
    if place.kind == "list" and rights.lists.get(stream) != place.id:
        return False
    given, needed = rights.follows.get(stream), follow_flags.needed(place.kind)
    return given & needed == needed and bool(given & flags)


def receives(rights: Rights, place: Place, message: Message) -> bool:
    """Whether a page of `place` that is subscribed to a channel of the message receives its frame."""
    post = message.visibility
    if post is None:
        return False
    match message.type:
        case "entry" if place.kind in FEEDS:
            return in_feed(rights, place, message)
        case "entry" if place.kind in STREAMS:
            bumps = place.kind != "group" or message.kind != Publication.Kind.RESHARE
            return bumps and place.id in message.streams and may_read(rights, post)
        case "entry":
            return place.kind == "messages" and post.audience == DIRECT and may_read(rights, post)
        case "comment":
            return place.kind == "thread" and place.id == message.thread and may_read(rights, post)
        case "changed" if place.kind in FEEDS:
            return may_read(rights, post) and not_muted(rights, post, post.author)
        case "changed":
            return may_read(rights, post)
        case "gone":
            return might_read(rights, post)
    return False


def might_read(rights: Rights, post: PostVisibility) -> bool:
    """Whether the person could read a post before it was deleted or hidden, and may not now."""
    if post.is_deleted:
        return is_admitted(rights, post)
    return not is_admitted(rights, post) and is_admitted(rights, replace(post, is_hidden=False))
