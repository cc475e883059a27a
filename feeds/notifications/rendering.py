"""A line as a sentence that says who did what, as plain text or as HTML with links."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feeds.notifications import registry
from feeds.notifications.lines import NotificationLine
from feeds.notifications.registry import Subject
from network.models import Group
from network.text import excerpt

NAME_LENGTH = 70  # characters of a post that stand for its title
EXCERPT_LENGTH = 200


def plain(line: NotificationLine) -> str:
    """The sentence as plain text."""
    names = [person.name for person in line.people]
    return _sentence(line) % {
        "who": _who(line).format(*names, line.others),
        "what": _what(line),
        "acts": line.acts,
    }


def linked(line: NotificationLine, site: str = "") -> SafeString:
    """The sentence as HTML, with links to the people and to the notification; `site` begins each address."""
    names = [_link(site + person.get_absolute_url(), person.name, "name") for person in line.people]
    parts = {
        "who": format_html(_who(line), *names, line.others),
        "what": _link(site + line.newest.get_absolute_url(), _what(line)),
        "acts": line.acts,
    }
    # The sentence comes from our translations. The parts are HTML made by `format_html`.
    return mark_safe(conditional_escape(_sentence(line)) % parts)  # noqa: S308


def words(line: NotificationLine) -> str:
    """An excerpt of the post that was written; "" if the activity is about a post of the person's own."""
    post = line.activity.post
    if post is None or registry.trigger_of(line.newest).subject == Subject.POST:
        return ""
    return _quoted(post.summary or excerpt(post.text, EXCERPT_LENGTH))


def _sentence(line: NotificationLine) -> str:
    return registry.kind(line.newest.kind).text(line)


def _who(line: NotificationLine) -> str:
    """A format string with a place for each name, and for the number of the others."""
    if len(line.people) < 2:
        return "{}"
    if line.others < 1:
        return _("{} and {}")
    return ngettext("{}, {} and {} other", "{}, {} and {} others", line.others)


def _what(line: NotificationLine) -> str:
    """The name of the subject: of a post only if the person may read it and has not muted it."""
    subject = line.subject
    if subject is None:
        return _("a post that is gone")
    if isinstance(subject, Group):
        return subject.name
    if not subject.is_not_muted:  # type: ignore[attr-defined]
        return _("a post you muted")
    return subject.title or _quoted(subject.summary or excerpt(subject.text, NAME_LENGTH))


def _link(address: str, name: str, css: str = "") -> SafeString:
    if css:
        return format_html('<a class="{}" href="{}">{}</a>', css, address, name)
    return format_html('<a href="{}">{}</a>', address, name)


def _quoted(text: str) -> str:
    """Text in the quotation marks of the person's language."""
    return _("“%(words)s”") % {"words": text}
