"""What a notification is about: the post or group that its text names, and the page that it opens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from feeds.models import Notification
from feeds.notifications import registry
from feeds.notifications.registry import Subject
from network.models import Group, Person, Post
from network.queries import members
from network.queries.compiled import fetch
from network.queries.instances import Instances
from network.queries.parameters import PERSON, AnyOf, ParameterList
from network.queries.posts import readable_by
from network.queries.rights import is_not_muted

# The posts that texts name, with what is shown of them.
NAMED = Instances(Post, annotations={"is_not_muted": bool}, only={"": ("title", "summary", "text")})


def group_of(notification: Notification) -> Group | None:
    """The group that the text names; None if it names none. A post in a group is about the post."""
    activity, subject = notification.activity, registry.trigger_of(notification).subject
    if subject == Subject.GROUP_OF_POST and activity.post is not None:
        return activity.post.group
    return activity.group if subject == Subject.GROUP else None


def post_id_of(notification: Notification) -> int | None:
    """The id of the post that the text names; None if it names none."""
    post, subject = notification.activity.post, registry.trigger_of(notification).subject
    if post is None or subject is None:
        return None
    posts = {Subject.THREAD: post.thread_id, Subject.POST: post.pk, Subject.QUOTED_POST: post.quotes_id}
    return posts.get(subject)


def posts_named(viewer: Person, notifications: Iterable[Notification]) -> dict[int, Post]:
    """The posts that the texts name, if `viewer` may read them, by id, with `is_not_muted`. One query."""
    named = {id for id in map(post_id_of, notifications) if id is not None}
    rows = fetch(_readable, person=viewer.pk, posts=named) if named else []
    return {post.pk: post for post in NAMED.read(rows)}


def _readable() -> QuerySet[Post, Any]:
    posts = readable_by(PERSON).filter(AnyOf(F("pk"), ParameterList("posts")))
    return NAMED.select(posts.annotate(is_not_muted=is_not_muted(PERSON)))


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
