"""The rule in memory: who may write in a thread. It is equal to the SQL of pages and actions.

Presence shows people in threads where they may write. `network/queries/writing.py` states the rules in SQL;
`tests/realtime/visibility/test_writing_rules.py` holds the two together on random worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from network.models import Post
from realtime.protocol.post_visibility import PostVisibility
from realtime.visibility.filtering import is_admitted
from realtime.visibility.follow_flags import MEMBER
from realtime.visibility.rights import Rights

EVERYONE, FOLLOWED = str(Post.Commenting.EVERYONE), str(Post.Commenting.FOLLOWED)
NAMED = str(Post.Commenting.NAMED)


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with the properties that decide who may write in it.

    `followed` are the people whom the author follows, where these may comment, and `named` those whom the
    root mentions, where these may. Both have only people for whom the thread was loaded.
    """

    root: PostVisibility
    commenting: str
    group_is_closed: bool
    followed: frozenset[int] = frozenset()
    named: frozenset[int] = frozenset()


def may_comment(rights: Rights, thread: Thread) -> bool:
    """Whether the person may write in a thread that they may read or have commented on."""
    if rights.person is None or not is_admitted(rights, thread.root):
        return False
    if thread.root.group is not None:
        is_member = bool(rights.follows.get(thread.root.group) & MEMBER)
        if thread.group_is_closed or not is_member:
            return False
    return any(lets_write(rights, thread) for lets_write in WRITING_RULES.values())


def _is_author(rights: Rights, thread: Thread) -> bool:
    return thread.root.author == rights.person


def _is_for_everyone(rights: Rights, thread: Thread) -> bool:
    return thread.commenting == EVERYONE


def _is_followed(rights: Rights, thread: Thread) -> bool:
    return thread.commenting == FOLLOWED and rights.person in thread.followed


def _is_named(rights: Rights, thread: Thread) -> bool:
    return thread.commenting == NAMED and rights.person in thread.named | thread.root.addressees


# The predicates of `network.queries.writing.WRITING_RULES`, by the same names.
WRITING_RULES: dict[str, Callable[[Rights, Thread], bool]] = {
    "author": _is_author,
    "everyone": _is_for_everyone,
    "followed": _is_followed,
    "named": _is_named,
}
