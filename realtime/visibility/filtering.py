"""The rule of frames: which reader receives which message. Pure; equal to the SQL of the pages.

`network/queries/rights.py`, `feeds/reading/entries.py` and `feeds/follow_rule.py` say the same in SQL;
`tests/realtime/visibility/test_filtering.py` holds the two together on random worlds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from network.models import Post, Publication, Stream
from network.queries.rights import OPEN_AUDIENCES
from realtime.protocol.messages import Message
from realtime.protocol.places import FEEDS, STREAMS, Place
from realtime.protocol.post_visibility import Facts
from realtime.visibility.rights import (
    ALL_COMMENTS,
    FOLLOWED,
    HOME,
    MEMBER,
    MODERATOR,
    OF_KIND,
    RESHARES,
    SOME_COMMENTS,
    Rights,
)

OPEN = frozenset(map(str, OPEN_AUDIENCES))
GROUP, FOLLOWERS, DIRECT = str(Post.Audience.GROUP), str(Post.Audience.FOLLOWERS), str(Post.Audience.DIRECT)
# The home of whoever reads, and what came there by streams of one kind: what leads a follow there.
HOMES = {
    "home": HOME,
    "people": HOME | OF_KIND[Stream.Kind.PERSON],
    "topics": HOME | OF_KIND[Stream.Kind.TOPIC],
    "groups": HOME | OF_KIND[Stream.Kind.GROUP],
}


def may_read(rights: Rights, facts: Facts) -> bool:
    """Whether the person may read the post: audience, blocks and deletion."""
    return not facts.is_deleted and is_admitted(rights, facts)


def is_admitted(rights: Rights, facts: Facts) -> bool:
    """Whether the person may read the post, or might until it was deleted."""
    for_all = facts.audience in OPEN or (facts.audience == GROUP and facts.group_is_open)
    person = rights.person
    if person is None:
        return for_all and not facts.is_hidden
    if facts.author == person:
        return True
    membership = rights.follows.get(facts.group) if facts.group is not None else 0
    if membership & MODERATOR:
        return True
    own_thread = facts.thread_author == person
    if facts.is_hidden and not own_thread:
        return False
    if facts.author in rights.blocked or facts.thread_author in rights.blocked:
        return False
    return (
        for_all
        or (own_thread and facts.audience != GROUP)
        or bool(membership & MEMBER)
        or (facts.audience == FOLLOWERS and bool(rights.follows.get(facts.thread_author) & FOLLOWED))
        or (facts.audience == DIRECT and person in facts.addressees)
    )


def not_muted(rights: Rights, facts: Facts, actor: int) -> bool:
    """Whether the person has not muted the post, by person (who acts included), thread, topic or word."""
    now = time.time()
    people = rights.muted_people
    if people and any(people.get(one) > now for one in {facts.author, facts.thread_author, actor}):
        return False
    if rights.muted_threads and rights.muted_threads.get(facts.thread) > now:
        return False
    topics = rights.muted_topics
    if topics and any(topics.get(topic) > now for topic in facts.topics):
        return False
    for word, ends in rights.muted_words.items():  # noqa: SIM110 - any() takes twice as long
        if word in facts.words and ends > now:
            return False
    return True


def goes_to(rights: Rights, place: Place) -> Iterator[int]:
    """The streams whose follows lead to one of the person's feeds."""
    if place.kind == "list":
        yield from (stream for stream, into in rights.lists.items() if into == place.id)
    elif needed := HOMES.get(place.kind):
        yield from (stream for stream, given in rights.follows.items() if given & needed == needed)


def in_feed(rights: Rights, place: Place, message: Message) -> bool:
    """Whether an entry stands in one of the person's feeds. What they did themselves is at home."""
    facts = message.facts
    if facts is None or rights.person is None or not message.streams:
        return False
    if message.actor != rights.person or place.kind != "home":
        switches = let_in_by(rights, message.kind, facts)
        if not any(_brings(rights, place, stream, switches) for stream in message.streams):
            return False
    if message.kind == Publication.Kind.RESHARE and message.actor in rights.blocked:
        return False
    return may_read(rights, facts) and not_muted(rights, facts, message.actor)


def let_in_by(rights: Rights, kind: str, facts: Facts) -> int:
    """The switches of which a follow must have one on, for an entry to come by it."""
    if kind == Publication.Kind.POST:
        return FOLLOWED
    if kind == Publication.Kind.RESHARE:
        return RESHARES
    return ALL_COMMENTS | SOME_COMMENTS if is_concerned(rights, facts) else ALL_COMMENTS


def is_concerned(rights: Rights, comment: Facts) -> bool:
    """Whether the person follows both sides of a comment, or took part in the thread when it came."""
    sides = rights.follows.get(comment.author), rights.follows.get(comment.answered)
    return all(given & FOLLOWED for given in sides) or rights.person in comment.people


def _brings(rights: Rights, place: Place, stream: int, switches: int) -> bool:
    if place.kind == "list" and rights.lists.get(stream) != place.id:
        return False
    given, needed = rights.follows.get(stream), HOMES.get(place.kind, 0)
    return given & needed == needed and bool(given & switches)


def receives(rights: Rights, place: Place, message: Message) -> bool:
    """Whether a page of `place`, which hears one of the message's channels, receives its frame."""
    facts = message.facts
    if facts is None:
        return False
    match message.type:
        case "entry" if place.kind in FEEDS:
            return in_feed(rights, place, message)
        case "entry" if place.kind in STREAMS:
            bumps = place.kind != "group" or message.kind != Publication.Kind.RESHARE
            return bumps and place.id in message.streams and may_read(rights, facts)
        case "entry":
            return place.kind == "messages" and facts.audience == DIRECT and may_read(rights, facts)
        case "comment":
            return place.kind == "thread" and place.id == message.thread and may_read(rights, facts)
        case "changed" if place.kind in FEEDS:
            return may_read(rights, facts) and not_muted(rights, facts, facts.author)
        case "changed":
            return may_read(rights, facts)
        case "gone":
            return might_read(rights, facts)
    return False


def might_read(rights: Rights, facts: Facts) -> bool:
    """Whether the person might read a post before it was deleted or hidden, and may not now."""
    if facts.is_deleted:
        return is_admitted(rights, facts)
    return not is_admitted(rights, facts) and is_admitted(rights, replace(facts, is_hidden=False))
