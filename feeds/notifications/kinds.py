"""The notification kinds of the social network, in the order in which the settings show them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds.notifications import group_triggers, subjects, texts, triggers
from feeds.notifications.registry import NotificationKind, Subject, Tab, Trigger
from network.models import Activity

Type = Activity.Type

# Priorities: a kind for people who are addressed, one for authors who are quoted, the others.
ADDRESSED, QUOTED = 2, 1

KINDS = (
    NotificationKind(
        value=triggers.MENTION,
        label=_("Somebody names me"),
        text=texts.mention,
        triggers=(
            Trigger(Type.CREATE, triggers.named, when=triggers.is_post, subject=Subject.THREAD),
            Trigger(Type.UPDATE, triggers.named, when=triggers.names_more, subject=Subject.THREAD),
        ),
        tabs=(Tab.ANSWERS,),
        priority=ADDRESSED,
        is_mailed=True,
        is_read_with_post=True,
    ),
    NotificationKind(
        value="message",  # in a direct thread
        label=_("Somebody writes to me"),
        text=texts.message,
        triggers=(
            Trigger(
                Type.CREATE,
                triggers.addressed,
                when=triggers.is_post,
                folds_by="post__thread",
                subject=Subject.THREAD,
            ),
        ),
        tabs=(Tab.ANSWERS,),
        priority=ADDRESSED,
        is_mailed=True,
        is_dropped_at_level_named=True,
        is_read_with_post=True,
    ),
    NotificationKind(
        value="reply",
        label=_("Somebody replies to a comment of mine"),
        text=texts.reply,
        triggers=(
            Trigger(Type.CREATE, triggers.replied_to, when=triggers.is_comment, subject=Subject.THREAD),
        ),
        tabs=(Tab.ANSWERS,),
        priority=ADDRESSED,
        is_mailed=True,
        is_dropped_at_level_named=True,
        is_read_with_post=True,
    ),
    NotificationKind(
        value="comment",
        label=_("There are new comments in a thread that I watch"),
        text=texts.comment,
        triggers=(
            Trigger(
                Type.CREATE,
                triggers.watching,
                when=triggers.is_comment,
                folds_by="post__thread",
                subject=Subject.THREAD,
            ),
        ),
        tabs=(Tab.ANSWERS,),
        is_dropped_at_level_named=True,
        is_read_with_post=True,
    ),
    NotificationKind(
        value="post",
        label=_("There is a new post by somebody I want to hear everything from"),
        text=texts.post,
        triggers=(
            Trigger(
                Type.CREATE,
                triggers.watching_author,
                when=triggers.is_root,
                folds_by="actor",
                subject=Subject.THREAD,
            ),
        ),
        tabs=(Tab.PEOPLE,),
        is_dropped_at_level_named=True,
        is_read_with_post=True,
    ),
    NotificationKind(
        value="thread",
        label=_("There is a new thread in a group I want to hear everything from"),
        text=texts.thread,
        triggers=(
            Trigger(
                Type.CREATE,
                triggers.watching_group,
                when=triggers.is_root,
                folds_by="post__group",
                subject=Subject.GROUP_OF_POST,
            ),
        ),
        tabs=(Tab.GROUPS,),
        is_dropped_at_level_named=True,
        is_read_with_post=True,
    ),
    NotificationKind(
        value="reshare",  # with words (a quote) or without
        label=_("Somebody reshares a post of mine"),
        text=texts.reshare,
        triggers=(
            Trigger(Type.CREATE, triggers.quoted, when=triggers.is_quote, subject=Subject.QUOTED_POST),
            Trigger(
                Type.ANNOUNCE,
                triggers.reshared,
                folds_by="post",
                subject=Subject.POST,
                retracted_by=Type.UNDO,
            ),
        ),
        tabs=(Tab.THANKS,),
        priority=QUOTED,
    ),
    NotificationKind(
        value="thanks",  # a like
        label=_("Somebody thanks me"),
        text=texts.thanks,
        triggers=(
            Trigger(Type.LIKE, triggers.liked, folds_by="post", subject=Subject.POST, retracted_by=Type.UNDO),
        ),
        tabs=(Tab.THANKS,),
    ),
    NotificationKind(
        value="follow",
        label=_("Somebody follows me"),
        text=texts.follow,
        triggers=(
            Trigger(
                Type.FOLLOW,
                triggers.followed,
                when=triggers.is_follow,
                folds_by="stream",
                retracted_by=Type.UNDO,
            ),
        ),
        tabs=(Tab.PEOPLE,),
    ),
    NotificationKind(
        value="request",
        label=_("Somebody asks to follow me, or to join a group that I look after"),
        text=texts.request,
        triggers=(
            Trigger(Type.FOLLOW, triggers.followed, when=triggers.is_request, retracted_by=Type.UNDO),
            Trigger(
                Type.JOIN,
                group_triggers.moderators_asked,
                subject=Subject.GROUP,
                retracted_by=Type.LEAVE,
                visible_to=group_triggers.visible_to_moderators,
            ),
        ),
        tabs=(Tab.PEOPLE, Tab.GROUPS),
        is_mailed=True,
        is_request=True,
        url=subjects.url_of_request,
    ),
    NotificationKind(
        value="invited",
        label=_("Somebody invites me to a group"),
        text=texts.invited,
        triggers=(
            Trigger(
                Type.INVITE,
                group_triggers.invited,
                when=group_triggers.is_personal,
                subject=Subject.GROUP,
                visible_to=group_triggers.visible_while_invited,
            ),
        ),
        tabs=(Tab.GROUPS,),
        is_mailed=True,
        url=subjects.url_of_invitation,
    ),
    NotificationKind(
        value="accepted",
        label=_("Somebody accepts my request"),
        text=texts.accepted,
        triggers=(Trigger(Type.ACCEPT, triggers.accepted, subject=Subject.GROUP),),
        tabs=(Tab.PEOPLE, Tab.GROUPS),
        is_mailed=True,
    ),
    NotificationKind(
        value="role",
        label=_("My role in a group changes"),
        text=texts.role,
        triggers=(Trigger(Type.OFFER, group_triggers.given_role, subject=Subject.GROUP),),
        tabs=(Tab.GROUPS,),
        is_mailed=True,
    ),
    NotificationKind(
        value="group",
        label=_("A group of mine is closed or gets a new owner, or I am removed from one"),
        text=texts.group,
        triggers=(
            Trigger(
                Type.UPDATE, group_triggers.members, when=group_triggers.is_closing, subject=Subject.GROUP
            ),
            Trigger(
                Type.OFFER,
                group_triggers.moderators,
                when=group_triggers.is_new_owner,
                subject=Subject.GROUP,
            ),
            Trigger(
                Type.REMOVE, group_triggers.removed, when=group_triggers.was_member, subject=Subject.GROUP
            ),
        ),
        tabs=(Tab.GROUPS,),
        is_mailed=True,
    ),
)
