"""A line as a sentence that says who did what, as plain text or as HTML with links."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feeds.notifications import registry
from feeds.notifications.lines import NotificationLine
from feeds.notifications.registry import Subject
from network.models import Group
from network.text import excerpt
from network.values import Named, Own

NAME_LENGTH = 70  # characters of a post that stand for its title
EXCERPT_LENGTH = 200


@dataclass(frozen=True)
class NotificationText(Own):
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


def text_of(line: NotificationLine, when: str = "") -> NotificationText:
    """All that a page or a letter shows of a line, in the active language. `when` is its time element."""
    newest, group = line.newest, line.activity.group if line.is_waiting else None
    what, is_quote = _what(line)
    return NotificationText(
        newest.activity_id,
        registry.kind(newest.kind).text(line),
        line.people,
        line.others,
        what,
        is_quote,
        line.acts,
        _words(line),
        when,
        line.is_new,
        line.is_waiting,
        None if group is None else Named("group", group.pk, group.name, group.slug),
    )


def plain(line: NotificationLine) -> str:
    """The sentence as plain text."""
    it = text_of(line)
    names = [person.name for person in it.people]
    return it.sentence % {"who": _who(it).format(*names, it.others), "what": _named(it), "acts": it.acts}


def linked(it: NotificationText, site: str = "") -> SafeString:
    """The sentence as HTML, with links to the people and to the notification; `site` begins each address."""
    names = [_link(site + person.get_absolute_url(), person.name, "name") for person in it.people]
    parts = {
        "who": format_html(_who(it), *names, it.others),
        "what": _link(site + it.get_absolute_url(), _named(it)),
        "acts": it.acts,
    }
    # The sentence comes from our translations. The parts are HTML made by `format_html`.
    return mark_safe(conditional_escape(it.sentence) % parts)  # noqa: S308


def quoted(text: str) -> str:
    """Text in the quotation marks of the person's language."""
    return _("“%(words)s”") % {"words": text}


def _who(it: NotificationText) -> str:
    """A format string with a place for each name, and for the number of the others."""
    if len(it.people) < 2:
        return "{}"
    if it.others < 1:
        return _("{} and {}")
    return ngettext("{}, {} and {} other", "{}, {} and {} others", it.others)


def _named(it: NotificationText) -> str:
    return quoted(it.what) if it.is_quote else it.what


def _what(line: NotificationLine) -> tuple[str, bool]:
    """The name of the subject, and whether it is a quote. A muted post is not named."""
    subject = line.subject
    if subject is None:
        return _("a post that is gone"), False
    if isinstance(subject, Group):
        return subject.name, False
    if not subject.is_not_muted:  # type: ignore[attr-defined]
        return _("a post you muted"), False
    if subject.title:
        return subject.title, False
    return subject.summary or excerpt(subject.text, NAME_LENGTH), True


def _words(line: NotificationLine) -> str | None:
    """An excerpt of the post that was written; None if the activity is about a post of the person's own."""
    post = line.activity.post
    if post is None or registry.trigger_of(line.newest).subject == Subject.POST:
        return None
    return post.summary or excerpt(post.text, EXCERPT_LENGTH)


def _link(address: str, name: str, css: str = "") -> SafeString:
    if css:
        return format_html('<a class="{}" href="{}">{}</a>', css, address, name)
    return format_html('<a href="{}">{}</a>', address, name)
