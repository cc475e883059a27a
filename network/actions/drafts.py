"""Drafts: what a person submits, and how it becomes the content of a post."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from network import text
from network.actions import topics
from network.errors import Invalid
from network.models import Group, Person, Post, Revision, Topic
from network.queries.people import by_handles
from network.text.parsing import MOST_HASHTAGS

OPTIONS = 10
LONGEST_POLL = timedelta(days=30)
LANGUAGE = re.compile(r"[A-Za-z0-9-]{0,10}")
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class PollDraft:
    """The options of a poll, and the time until it closes."""

    options: tuple[str, ...]
    open_for: timedelta = timedelta(days=1)
    multiple: bool = False

    def checked(self) -> PollDraft:
        """The draft with clean, distinct options. Raises Invalid."""
        options = tuple(text.clean(option, limit=text.OPTION) for option in self.options if option.strip())
        if not 2 <= len(options) <= OPTIONS:
            raise Invalid(_("A poll needs between 2 and %(most)s options.") % {"most": OPTIONS})
        if len({text.fold(option) for option in options}) < len(options):
            raise Invalid(_("Two options of the poll are the same."))
        if not timedelta(minutes=5) <= self.open_for <= LONGEST_POLL:
            raise Invalid(_("A poll stays open for between 5 minutes and 30 days."))
        return PollDraft(options, self.open_for, self.multiple)


@dataclass(frozen=True)
class Draft:
    """A submitted post or, with a parent, a comment.

    A comment has the audience, group and rule for commenting of its thread, so these are ignored. `to` holds
    the addressees of a direct post; if it is empty, they are the people named in the text. `topics` holds
    topics in addition to the hashtags, in normal form. With a `key`, submitting the same draft again gives
    the same post. Raises Invalid for a language or key that no form sends.
    """

    text: str
    title: str = ""
    summary: str = ""
    language: str = ""
    audience: Post.Audience = Post.Audience.PUBLIC
    commenting: Post.Commenting = Post.Commenting.EVERYONE
    group: Group | None = None
    parent: Post | None = None
    quotes: Post | None = None
    to: tuple[Person, ...] = ()
    topics: tuple[str, ...] = ()
    poll: PollDraft | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        if not LANGUAGE.fullmatch(self.language) or not (self.key is None or KEY.fullmatch(self.key)):
            raise Invalid(_("The form was changed on its way. Load the page again and send it once more."))

    @property
    def digest(self) -> str | None:
        """The SHA-256 of the key and all other fields; None without a key."""
        if self.key is None:
            return None
        held = {one.name: getattr(self, one.name) for one in fields(self)}
        return sha256(json.dumps(held, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value that json cannot write, as one that it can."""
    if isinstance(value, Model):
        return value.pk
    return value.total_seconds() if isinstance(value, timedelta) else asdict(value)


@dataclass(frozen=True)
class Written:
    """The content of a post as it is stored, with the people and topics that it names.

    Publishing, editing and the history of a post all go through this value.
    """

    title: str
    summary: str
    text: str
    html: str
    words: str
    language: str
    people: tuple[Person, ...] = ()
    topics: tuple[Topic, ...] = ()

    def put_into(self, post: Post) -> None:
        """Set the columns of the post, without saving it."""
        for column in ("title", "summary", "text", "html", "words", "language"):
            setattr(post, column, getattr(self, column))

    def changes(self, post: Post) -> bool:
        """Whether readers of the post would read something else. The former version is kept then."""
        return (post.title, post.summary, post.text) != (self.title, self.summary, self.text)


def former_version(post: Post) -> Revision:
    """The content of a post before an edit, unsaved."""
    return Revision(
        post=post,
        written_at=post.edited_at or post.published_at,
        title=post.title,
        summary=post.summary,
        html=post.html,
    )


def write(author: Person, draft: Draft) -> Written:
    """Make the content of a post from a draft. Raises Invalid. Three queries, more if a hashtag is new.

    A handle does not find people with whom the author has a block.
    """
    body = text.clean(draft.text, limit=text.POST)
    title = text.clean(draft.title, limit=text.TITLE, required=False)
    summary = text.clean(draft.summary, limit=text.SUMMARY, required=False)
    parsed = _parsed(body)
    named = by_handles(author, parsed.mentions)
    about = dict.fromkeys([*parsed.hashtags, *draft.topics])
    if len(about) > MOST_HASHTAGS:
        raise Invalid(
            _("This names %(n)s topics, and a post has room for %(most)s. Take some of them out.")
            % {"n": len(about), "most": MOST_HASHTAGS}
        )
    found = topics.named(about)
    return Written(
        title=title,
        summary=summary,
        text=body,
        html=text.render(
            body,
            mentions={handle: reverse("person", args=[person.handle]) for handle, person in named.items()},
            topics={name: reverse("topic", args=[topic.name]) for name, topic in found.items()},
        ),
        words=text.words(body, title, summary, draft.poll.options if draft.poll else ()),
        language=draft.language,
        people=tuple({person.pk: person for person in named.values()}.values()),
        topics=tuple({topic.pk: topic for topic in found.values()}.values()),
    )


def preview(author: Person, raw: str) -> str:
    """The HTML of a text, without storing anything. New topics get the links that they will have."""
    body = text.clean(raw, limit=text.POST)
    parsed = _parsed(body)
    named = by_handles(author, parsed.mentions)
    return text.render(
        body,
        mentions={handle: reverse("person", args=[person.handle]) for handle, person in named.items()},
        topics={name: reverse("topic", args=[name]) for name in parsed.hashtags},
    )


def _parsed(body: str) -> text.Parsed:
    parsed = text.parse(body)
    if parsed.is_cut:
        raise Invalid(_("A post names up to 30 people and 30 topics. Leave some out, or write two posts."))
    return parsed
