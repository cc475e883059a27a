"""What decides who may read a post: the same for every reader, so it travels with announcements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostVisibility:
    """A post, its thread, and the counts that its audience may see.

    Of a comment also who wrote what it answers (`answered`, else 0), and everybody who had written in the
    thread when it came, its author included (`people`).
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
