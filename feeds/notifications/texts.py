"""A notice as a sentence: who did what. In words alone, or with each name leading to its page."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feeds.models import Notification
from feeds.notifications.grouping import Notice
from feeds.notifications.named_posts import is_quote, post_of
from network.models import Follow, Group, details
from network.text import excerpt

Kind = Notification.Kind
NAME_LENGTH = 70
SAID_LENGTH = 200


def plain(notice: Notice) -> str:
    """What happened, in words alone."""
    names = [person.name for person in notice.people]
    return SENTENCES[notice.newest.kind](notice) % {
        "who": _who(notice).format(*names, notice.others),
        "what": _what(notice),
        "acts": notice.acts,
    }


def linked(notice: Notice, site: str = "") -> SafeString:
    """The same with links to who did it and, by way of the notice, to what it is about."""
    names = [_link(site + person.get_absolute_url(), person.name, "name") for person in notice.people]
    parts = {
        "who": format_html(_who(notice), *names, notice.others),
        "what": _link(site + notice.newest.get_absolute_url(), _what(notice)),
        "acts": notice.acts,
    }
    # The sentence is our own and holds these places; what is put there is markup made by `format_html`.
    return mark_safe(conditional_escape(SENTENCES[notice.newest.kind](notice)) % parts)  # noqa: S308


def said(notice: Notice) -> str:
    """The words that somebody is told of; none where the notice is about an act."""
    post = notice.activity.post
    speaks = notice.newest.kind not in (Kind.THANKS, Kind.RESHARE) or is_quote(notice.newest)
    return _quoted(post.summary or excerpt(post.text, SAID_LENGTH)) if post is not None and speaks else ""


def _follow(notice: Notice) -> str:
    return ngettext("%(who)s follows you", "%(who)s follow you", notice.number)


def _request(notice: Notice) -> str:
    return _("%(who)s asks to join %(what)s") if _group(notice) else _("%(who)s asks to follow you")


def _accepted(notice: Notice) -> str:
    return _("%(who)s let you into %(what)s") if _group(notice) else _("%(who)s lets you follow them")


def _role(notice: Notice) -> str:
    role = details.Offer.read(notice.activity).role
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
        return _("%(who)s removed you from %(what)s")
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
    return _("%(who)s quoted %(what)s") if is_quote(notice.newest) else _("%(who)s reshared %(what)s")


SENTENCES: dict[str, Callable[[Notice], str]] = {
    Kind.FOLLOW: _follow,
    Kind.REQUEST: _request,
    Kind.ACCEPTED: _accepted,
    Kind.ROLE: _role,
    Kind.GROUP: _group_news,
    Kind.INVITED: lambda notice: _("%(who)s invites you to %(what)s"),
    Kind.THREAD: _thread,
    Kind.POST: _posted,
    Kind.MENTION: lambda notice: _("%(who)s named you in %(what)s"),
    Kind.MESSAGE: lambda notice: _("%(who)s wrote to you in %(what)s"),
    Kind.REPLY: lambda notice: _("%(who)s replied to your comment in %(what)s"),
    Kind.COMMENT: _comment,
    Kind.RESHARE: _reshare,
    Kind.THANKS: lambda notice: _("%(who)s thanked you for %(what)s"),
}


def _who(notice: Notice) -> str:
    """A place for each name, and for the number of the others."""
    if len(notice.people) < 2:
        return "{}"
    if notice.others < 1:
        return _("{} and {}")
    return ngettext("{}, {} and {} other", "{}, {} and {} others", notice.others)


def _what(notice: Notice) -> str:
    group = _group(notice)
    return group.name if group is not None else _named(notice)


def _link(address: str, name: str, css: str = "") -> SafeString:
    if css:
        return format_html('<a class="{}" href="{}">{}</a>', css, address, name)
    return format_html('<a href="{}">{}</a>', address, name)


def _named(notice: Notice) -> str:
    """The post that the sentence names, as far as the reader may read it and has not muted it."""
    post = post_of(notice.newest)
    if post is None or not notice.newest.may_read_named:  # type: ignore[attr-defined]
        return _("a post that is gone")
    if not notice.newest.has_not_muted_named:  # type: ignore[attr-defined]
        return _("a post you muted")
    return post.title or _quoted(post.summary or excerpt(post.text, NAME_LENGTH))


def _quoted(words: str) -> str:
    """Somebody's own words, in the marks that the reader's language puts around them."""
    return _("“%(words)s”") % {"words": words}


def _group(notice: Notice) -> Group | None:
    """The group that a notice is about; the thread of a post in a group is about the post."""
    post = notice.activity.post
    if notice.newest.kind == Kind.THREAD and post is not None:
        return post.group
    return getattr(notice.activity.stream, "group", None)
