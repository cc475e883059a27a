"""A notice as a sentence: who did what, with each name leading to its page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feeds.models import Notification
from feeds.notices import Notice
from network.models import Follow, Group, Post
from network.text import excerpt

register = template.Library()

Kind = Notification.Kind
NAME_LENGTH = 70
SAID_LENGTH = 200


@register.filter
def sentence(notice: Notice) -> SafeString:
    """What happened, with links to who did it and, by way of the notice, to what it is about."""
    said = SENTENCES[notice.newest.kind](notice)
    parts = {"who": _who(notice), "what": _what(notice), "acts": notice.acts}
    # The sentence is our own and holds these places; what is put there is markup made by `format_html`.
    return mark_safe(conditional_escape(said) % parts)  # noqa: S308


@register.filter
def said(notice: Notice) -> str:
    """The words that somebody is told of; none where the notice is about an act."""
    post = notice.activity.post
    speaks = notice.newest.kind not in (Kind.THANKS, Kind.RESHARE) or _is_quote(notice)
    return _quoted(post.summary or excerpt(post.text, SAID_LENGTH)) if post is not None and speaks else ""


@register.filter
def by_period(notices: Iterable[Notice]) -> list[tuple[str, list[Notice]]]:
    """Notices under the words for their time: today, yesterday, this week, earlier."""
    periods: dict[str, list[Notice]] = {}
    now = timezone.now()
    for notice in notices:
        periods.setdefault(_period(notice.at, now), []).append(notice)
    return list(periods.items())


def _follow(notice: Notice) -> str:
    return ngettext("%(who)s follows you", "%(who)s follow you", notice.number)


def _request(notice: Notice) -> str:
    return _("%(who)s asks to join %(what)s") if _group(notice) else _("%(who)s asks to follow you")


def _accepted(notice: Notice) -> str:
    return _("%(who)s let you into %(what)s") if _group(notice) else _("%(who)s lets you follow them")


def _role(notice: Notice) -> str:
    role = notice.activity.detail["role"]
    if role == Follow.Role.OWNER:
        return _("%(who)s made you an owner of %(what)s")
    if role == Follow.Role.MODERATOR:
        return _("%(who)s made you a moderator of %(what)s")
    return _("%(who)s made you a plain member of %(what)s")


def _comment(notice: Notice) -> str:
    post = notice.activity.post
    if post is not None and post.thread.author_id == notice.newest.person_id:
        return _("%(who)s commented on your post %(what)s")
    return _("%(who)s commented in %(what)s")


def _group_news(notice: Notice) -> str:
    activity = notice.activity
    if activity.type == activity.Type.REMOVE:
        return _("%(who)s took you out of %(what)s")
    if activity.type == activity.Type.OFFER:
        return _("%(who)s made somebody else an owner of %(what)s")
    return _("%(who)s closed %(what)s")


def _thread(notice: Notice) -> str:
    return ngettext(
        "%(who)s began a thread in %(what)s", "%(who)s began %(acts)s threads in %(what)s", notice.acts
    )


def _posted(notice: Notice) -> str:
    return ngettext("%(who)s wrote %(what)s", "%(who)s wrote %(acts)s posts, the last %(what)s", notice.acts)


def _reshare(notice: Notice) -> str:
    return _("%(who)s quoted %(what)s") if _is_quote(notice) else _("%(who)s reshared %(what)s")


SENTENCES: dict[str, Callable[[Notice], str]] = {
    Kind.FOLLOW: _follow,
    Kind.REQUEST: _request,
    Kind.ACCEPTED: _accepted,
    Kind.ROLE: _role,
    Kind.GROUP: _group_news,
    Kind.THREAD: _thread,
    Kind.POST: _posted,
    Kind.MENTION: lambda notice: _("%(who)s named you in %(what)s"),
    Kind.MESSAGE: lambda notice: _("%(who)s wrote to you in %(what)s"),
    Kind.REPLY: lambda notice: _("%(who)s replied to your comment in %(what)s"),
    Kind.COMMENT: _comment,
    Kind.RESHARE: _reshare,
    Kind.THANKS: lambda notice: _("%(who)s thanked you for %(what)s"),
}


def _who(notice: Notice) -> SafeString:
    names = [
        format_html('<a class="name" href="{}">{}</a>', person.get_absolute_url(), person.name)
        for person in notice.people
    ]
    if notice.others > 0 and len(names) > 1:
        one_other, others = "{}, {} and {} other", "{}, {} and {} others"
        return format_html(ngettext(one_other, others, notice.others), *names, notice.others)
    return format_html(_("{} and {}"), *names) if len(names) > 1 else names[0]


def _what(notice: Notice) -> SafeString:
    group = _group(notice)
    name = group.name if group is not None else _name(_post(notice))
    return format_html('<a href="{}">{}</a>', notice.newest.get_absolute_url(), name)


def _post(notice: Notice) -> Post | None:
    """The post that the sentence names: one's own that was thanked or passed on, or the thread."""
    post = notice.activity.post
    if post is None or (notice.newest.kind in (Kind.THANKS, Kind.RESHARE) and not _is_quote(notice)):
        return post
    return post.quotes if _is_quote(notice) else post.thread


def _name(post: Post | None) -> str:
    if post is None or post.deleted_at is not None:
        return _("a post that is gone")
    return post.title or _quoted(post.summary or excerpt(post.text, NAME_LENGTH))


def _quoted(words: str) -> str:
    """Somebody's own words, in the marks that the reader's language puts around them."""
    return _("“%(words)s”") % {"words": words}


def _is_quote(notice: Notice) -> bool:
    """A reshare with words: a post of its own."""
    activity = notice.activity
    return notice.newest.kind == Kind.RESHARE and activity.type == activity.Type.CREATE


def _group(notice: Notice) -> Group | None:
    """The group that a notice is about; the thread of a post in a group is about the post."""
    post = notice.activity.post
    if notice.newest.kind == Kind.THREAD and post is not None:
        return post.group
    return getattr(notice.activity.stream, "group", None)


def _period(moment: datetime, now: datetime) -> str:
    days = (timezone.localtime(now).date() - timezone.localtime(moment).date()) // timedelta(days=1)
    if days < 1:
        return _("Today")
    if days < 2:
        return _("Yesterday")
    return _("Earlier this week") if days < 7 else _("Earlier")
