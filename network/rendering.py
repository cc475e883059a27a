"""Parts of pages that are rendered once and kept in this process.

Each part is a pure function of a frozen value: its template gets the value and nothing else. The value is
made anew for each page, from what the database says. So a part is never out of date and is never
invalidated: when something changes, the value is another one. A part cannot show a viewer what is for
another, because all that it can show is in its value, and the values of posts do not hold the viewer.

What a process keeps is bounded: `MOST` parts, each of `LARGEST` bytes at most with its value, 48 MB together.
A larger one is rendered at each page. Parts for one viewer alone, such as the way around and the lines of
notices, have places of their own.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Parts in each process; one takes 3 kB or so, its value as much again.
MOST = 2048
MOST_OWN = 1024  # of those for one viewer; most take 2 kB
LARGEST = 24 * 1024  # bytes in memory; a character takes 1, in a text with emoji each takes 4


@dataclass(frozen=True)
class Named:
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
class Excerpt:
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
class Words:
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
class Reshared:
    """The head of a card: who reshared whose post, and when."""

    post: Excerpt
    actor: Named
    author: Named
    when: str
    feed: str


@dataclass(frozen=True)
class Acts:
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
class Why:
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
class Votes:
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
class Composer:
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
class Tabs:
    """The parts of a home and the viewer's lists. `show` or `list` is the one that is open."""

    show: str
    list: str
    lists: tuple[Named, ...]


@dataclass(frozen=True)
class Groups:
    """The first of the viewer's groups, each with how much is new in it."""

    groups: tuple[tuple[Named, int], ...]
    has_more: bool


@dataclass(frozen=True)
class Rail:
    """The way around. `here` is the part of the place that is open, `you` who is signed in."""

    here: str
    you: Named | None
    unread: int
    unread_messages: int


@dataclass(frozen=True)
class NotificationText:
    """A line of the page of notices. Its sentence has places for who, what and acts, as a format with %."""

    pk: int  # of the newest activity
    sentence: str
    people: tuple[Named, ...]
    others: int
    what: str
    is_quote: bool  # `what` is words of a post, not a name
    acts: int
    words: str | None  # of the post that was written; None if it is about a post of the person's own
    when: str = ""
    is_new: bool = False
    is_waiting: bool = False
    group: Named | None = None  # which the first of `people` asks to join

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.pk])


@dataclass(frozen=True)
class Scripts:
    is_person: bool
    letter_keys: bool


Own = Rail | Composer | Tabs | Groups | NotificationText  # these are for one viewer
Value = Own | Scripts | Words | Reshared | Acts | Why | Votes | Named | Excerpt


class TooLarge(Exception):
    """Carries the HTML of a part that is not kept: `lru_cache` keeps nothing where a function raises."""

    def __init__(self, html: SafeString) -> None:
        self.html = html


def rendered(template: str, value: Value | None = None) -> SafeString:
    """The HTML of a value, in the language that is active, with the links of where the site begins."""
    keep = _own if isinstance(value, Own) else _parts
    try:
        return keep(template, value, get_language() or "", get_script_prefix())
    except TooLarge as part:
        return part.html


def forget() -> None:
    """Forget all parts: they are rendered anew, to the same HTML."""
    _parts.cache_clear()
    _own.cache_clear()


def kept() -> Any:
    """How many parts are kept, were found, and had to be rendered: as `functools` counts them."""
    parts: Any = _parts.cache_info()
    own: Any = _own.cache_info()
    return type(parts)(*map(sum, zip(parts, own, strict=True)))


def _rendered(template: str, value: Value | None, language: str, prefix: str) -> SafeString:
    html = get_template(template).render({"it": value})
    part = mark_safe(html.strip())  # noqa: S308 - a template has made it
    if sys.getsizeof(part) + sys.getsizeof(repr(value)) > LARGEST:
        raise TooLarge(part)
    return part


_parts = lru_cache(maxsize=MOST)(_rendered)
_own = lru_cache(maxsize=MOST_OWN)(_rendered)
