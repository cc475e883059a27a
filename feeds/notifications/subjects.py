"""What a notification is about: the post or group that its text names, and the page that it opens."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, When
from django.urls import reverse

from feeds.models import Notification
from feeds.notifications import registry
from feeds.notifications.registry import Subject
from network.models import Group, Post
from network.queries import members
from network.queries.rights import Viewer, may_read, not_muted


def subject_of(notification: Notification) -> Post | Group | None:
    """The post or group that the text names; None if it names none, or if that is gone."""
    path = registry.trigger_of(notification).subject
    if path is None:
        return None
    found: Any = notification.activity
    for name in path.split("__"):
        found = getattr(found, name, None)
    return cast("Post | Group | None", found)


def group_of(notification: Notification) -> Group | None:
    """The group that a notification is about. A post in a group is about the post."""
    subject = subject_of(notification)
    return subject if isinstance(subject, Group) else None


def with_rights_on_subject(rows: QuerySet[Notification], viewer: Viewer) -> QuerySet[Notification]:
    """Annotate notifications of `viewer` with `may_read_subject` and `has_not_muted_subject`, for posts."""
    subject = Post.objects.filter(pk=OuterRef("subject"))
    return rows.annotate(subject=_subject_id()).annotate(
        may_read_subject=Exists(subject.filter(may_read(viewer))),
        has_not_muted_subject=Exists(subject.filter(not_muted(viewer))),
    )


def _subject_id() -> Case:
    """The id of the post that the text names."""
    return Case(
        *(
            When(_names(subject), then=F(f"activity__{subject}"))
            for subject in (Subject.QUOTED_POST, Subject.POST)
        ),
        default=F(f"activity__{Subject.THREAD}"),
        output_field=BigIntegerField(),
    )


def _names(subject: Subject) -> Q:
    return registry.rows_where(lambda trigger: trigger.subject == subject)


def url_of(notification: Notification) -> str:
    """The page that a notification opens."""
    if own := registry.kind(notification.kind).url:
        return own(notification)
    activity = notification.activity
    if activity.post is not None:
        return activity.post.get_absolute_url()
    return (activity.group or activity.actor).get_absolute_url()


def url_of_request(notification: Notification) -> str:
    """The page where a request is answered: that of the group, else that of the person who asks."""
    group = group_of(notification)
    if group is None:
        return notification.activity.actor.get_absolute_url()
    return reverse("group_requests", args=[group.slug])


def url_of_invitation(notification: Notification) -> str:
    """The page of the invitation, which may be the only page of the group that the person may read."""
    group = group_of(notification)
    invitation = members.holding(notification.person).filter(group=group).first()
    return str((invitation or group or notification.activity.actor).get_absolute_url())
