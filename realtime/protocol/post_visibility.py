"""The properties of a post that decide who may read it. They are sent with each announcement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostVisibility:
    """A post, its thread, and the counters that its audience may see. The same for every person.

    For a comment, `answered` is the author of the post that it answers (else 0), and `people` are the authors
    of the thread up to this comment, its own author included.
    """

    post: int
    author: int
    is_hidden: bool
    is_deleted: bool
    words: str
    thread: int
    thread_author: int
    audience: str
    group: int | None
    group_is_open: bool
    topics: frozenset[int]
    addressees: frozenset[int]
    comments: int
    reshares: int
    answered: int = 0
    people: frozenset[int] = frozenset()
