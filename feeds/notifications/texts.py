"""The texts of the kinds: for a line, the translated sentence with places for who, what and acts."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feeds.notifications.lines import NotificationLine
from feeds.notifications.registry import Subject, trigger_of
from feeds.notifications.subjects import group_of
from network.models import Activity, Follow, details

Type = Activity.Type


def follow(line: NotificationLine) -> str:
    return ngettext("%(who)s follows you", "%(who)s follow you", line.people_count)


def request(line: NotificationLine) -> str:
    return _("%(who)s asks to join %(what)s") if group_of(line.newest) else _("%(who)s asks to follow you")


def accepted(line: NotificationLine) -> str:
    return _("%(who)s let you into %(what)s") if group_of(line.newest) else _("%(who)s lets you follow them")


def invited(line: NotificationLine) -> str:
    return _("%(who)s invites you to %(what)s")


def role(line: NotificationLine) -> str:
    given = details.Offer.read(line.activity).role
    if given == Follow.Role.OWNER:
        return _("%(who)s made you an owner of %(what)s")
    if given == Follow.Role.MODERATOR:
        return _("%(who)s made you a moderator of %(what)s")
    return _("%(who)s made you a plain member of %(what)s")


def group(line: NotificationLine) -> str:
    if line.activity.type == Type.REMOVE:
        return _("%(who)s removed you from %(what)s")
    if line.activity.type == Type.OFFER:
        return _("%(who)s made somebody else an owner of %(what)s")
    return _("%(who)s closed %(what)s")


def mention(line: NotificationLine) -> str:
    return _("%(who)s named you in %(what)s")


def message(line: NotificationLine) -> str:
    return _("%(who)s wrote to you in %(what)s")


def reply(line: NotificationLine) -> str:
    return _("%(who)s replied to your comment in %(what)s")


def comment(line: NotificationLine) -> str:
    post = line.activity.post
    if post is not None and post.thread.author_id == line.newest.person_id:
        return _("%(who)s commented on your post %(what)s")
    return _("%(who)s commented in %(what)s")


def thread(line: NotificationLine) -> str:
    return ngettext(
        "%(who)s began a thread in %(what)s", "%(who)s began %(acts)s threads in %(what)s", line.acts
    )


def post(line: NotificationLine) -> str:
    return ngettext("%(who)s wrote %(what)s", "%(who)s wrote %(acts)s posts, the last %(what)s", line.acts)


def reshare(line: NotificationLine) -> str:
    is_quote = trigger_of(line.newest).subject == Subject.QUOTED_POST
    return _("%(who)s quoted %(what)s") if is_quote else _("%(who)s reshared %(what)s")


def thanks(line: NotificationLine) -> str:
    return _("%(who)s thanked you for %(what)s")
