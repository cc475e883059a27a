"""The baseline of `notify`: for each person one query of rights, one of mutes, and a get_or_create."""

from __future__ import annotations

from feeds.models import Notification
from network.models import Activity, Mention, Mute, Person, Watch
from network.queries.posts import readable_by


def notify(activity: Activity) -> list[int]:
    """Notify the people whom a comment mentions or who watch its thread. Returns their ids."""
    post = activity.post
    assert post is not None
    kinds: dict[Person, str] = {}
    for watch in Watch.objects.filter(thread=post.thread_id).select_related("person"):
        kinds[watch.person] = "comment"
    for mention in Mention.objects.filter(post=post).select_related("person"):
        kinds[mention.person] = "mention"
    notified = []
    for person, kind in kinds.items():
        if person.pk == activity.actor_id or not readable_by(person).filter(pk=post.pk).exists():
            continue
        if Mute.objects.filter(person=person, muted_person=activity.actor_id).exists():
            continue
        Notification.objects.get_or_create(person=person, activity=activity, defaults={"kind": kind})
        notified.append(person.pk)
    return notified
