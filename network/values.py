"""The values from which parts of pages are rendered (`network.rendering`): frozen, and plain to the bottom.

A part shows what its value holds, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse


class Value:
    """A frozen value. It holds texts, numbers and other such values.

    It never holds an instance of a model: two instances are equal where their ids are.
    """


class Own(Value):
    """A value for one viewer, whom it names. Its part takes no place of a part that many see."""


@dataclass(frozen=True)
class Named(Value):
    """A person, topic or group as a card names it. `slug` is the handle, name or slug of its address."""

    kind: str  # as Stream.Kind
    pk: int
    name: str
    slug: str

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(self.kind, args=[self.slug])


@dataclass(frozen=True)
class Excerpt(Value):
    """What the beginning of a post is taken from, or all of it. A muted post has nothing but its id."""

    pk: int
    title: str = ""
    summary: str = ""
    html: str = ""
    language: str = ""
    is_muted: bool = False

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.pk])


@dataclass(frozen=True)
class Words(Value):
    """What was written, by whom, where and when, in one of its places.

    `place`: "card" in a list, "full" above its thread, "comment" in its thread, "quoted" in another post.
    `when` is the time element, by the clock of who reads. `feed` names the feed that its menu tells of.
    """

    place: str
    post: Excerpt
    thread: int
    author: Named
    when: str
    feed: str = ""
    parent: Excerpt | None = None
    parent_name: str | None = None  # whose post this answers; None where that is not told
    is_answer: bool = False
    is_nested: bool = False  # an answer to a comment
    is_quoting: bool = False
    is_poll: bool = False
    is_grouped: bool = False
    group: Named | None = None  # where it may be named
    in_group: bool = False  # on the page of the group
    topics: tuple[Named, ...] = ()
    audience: str = ""
    is_edited: bool = False
    is_hidden: bool = False
    is_new: bool = False
    is_apart: bool = False  # not under the comment that it answers
    to: str = ""  # whom a message is for

    @property
    def is_root(self) -> bool:
        return self.thread == self.post.pk


@dataclass(frozen=True)
class Reshared(Value):
    """The head of a card: who reshared whose post, and when."""

    post: Excerpt
    actor: Named
    author: Named
    when: str
    feed: str


@dataclass(frozen=True)
class Acts(Value):
    """What is done at once with a post. A mark is set or not; whose it is, is not said."""

    pk: int
    thread: int
    name: str
    comments: int
    reshares: int
    may_comment: bool
    may_reshare: bool
    saved: bool
    reshared: bool
    others: int  # more comments in the thread

    @property
    def is_root(self) -> bool:
        return self.thread == self.pk


@dataclass(frozen=True)
class Why(Value):
    """Why a post is in a feed: what brought it, each with the kind of its reason."""

    pk: int
    reasons: tuple[Reason, ...]
    feed: str


@dataclass(frozen=True)
class Reason:
    why: str
    what: Named


@dataclass(frozen=True)
class Option:
    """One option of a poll: its part of the votes, and whether the viewer chose it."""

    position: int
    text: str
    percent: int
    chosen: bool


@dataclass(frozen=True)
class Votes(Value):
    """A poll without its form: what one may choose, or how it went.

    `is_counted`: the results are shown. `left` says how long it is open; it is empty for a closed poll.
    """

    options: tuple[Option, ...]
    voters: int
    may_vote: bool
    is_counted: bool
    is_multiple: bool
    left: str


@dataclass(frozen=True)
class Composer(Own):
    """The short form of a post without what it carries hidden. `topics` are to choose from, on home alone.

    `places` has the value, the label and the button of each place; there is one button where it is empty.
    """

    you: Named
    prompt: str
    text: str
    places: tuple[tuple[str, str, str], ...]
    place: str
    button: str
    topics: tuple[Named, ...] | None
    has_followers: bool


@dataclass(frozen=True)
class Tabs(Own):
    """The parts of a home and the viewer's lists. `show` or `list` is the one that is open."""

    show: str
    list: str
    lists: tuple[Named, ...]


@dataclass(frozen=True)
class Groups(Own):
    """The first of the viewer's groups, each with how much is new in it."""

    groups: tuple[tuple[Named, int], ...]
    has_more: bool


@dataclass(frozen=True)
class Rail(Own):
    """The way around. `here` is the part of the place that is open, `you` who is signed in."""

    here: str
    you: Named | None
    unread: int
    unread_messages: int


@dataclass(frozen=True)
class Scripts(Value):
    is_person: bool
    letter_keys: bool
