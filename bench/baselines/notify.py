"""Notices the usual way: person by person, a look at who may read it, a look at mutes, a get_or_create."""

from __future__ import annotations

from feeds.models import Notification
from network.models import Activity, Mention, Mute, Person, Watch
from network.queries.posts import readable_by


def tell(activity: Activity) -> list[int]:
    """Tell everybody whom a comment names or whose thread it is in; who was notified."""
    post = activity.post
    assert post is not None
    concerned: dict[Person, str] = {}
    for watch in Watch.objects.filter(thread=post.thread_id).select_related("person"):
        concerned[watch.person] = Notification.Kind.COMMENT
    for mention in Mention.objects.filter(post=post).select_related("person"):
        concerned[mention.person] = Notification.Kind.MENTION
    notified = []
    for person, kind in concerned.items():
        if person.pk == activity.actor_id or not readable_by(person).filter(pk=post.pk).exists():
            continue
        if Mute.objects.filter(person=person, muted_person=activity.actor_id).exists():
            continue
        Notification.objects.get_or_create(person=person, activity=activity, defaults={"kind": kind})
        notified.append(person.pk)
    return notified
