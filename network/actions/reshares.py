"""Reshares without text. A reshare with text is a post that quotes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from network.actions.counting import count
from network.actions.locking import hold
from network.actions.recording import record
from network.errors import Refused
from network.models import Activity, Person, Post, Publication, Reshare, details
from network.queries import groups
from network.queries import posts as queries
from network.queries.rights import groups_of


@transaction.atomic
def reshare(person: Person, post: Post) -> Reshare:
    """Reshare a post to the followers of `person` or, in a group, to the group. Idempotent.

    Raises NotVisible if the person may not read it, Refused if its audience is too small.
    """
    hold(person, post)
    post = queries.find(person, post.pk)
    thread = post.thread
    if not queries.may_reshare(thread):
        raise Refused(_("This was said to a few people. It cannot be reshared."))
    if thread.group_id is not None and not groups_of(person).filter(stream=thread.group_id).exists():
        raise Refused(_("Join the group to reshare this in it."))
    if thread.group is not None:
        groups.ensure_open(thread.group)
    found = Reshare.objects.filter(person=person, post=post).first()
    if found is not None:
        return found
    activity = record(Activity.Type.ANNOUNCE, person, post=post, publish_to=[thread.group_id or person.pk])
    reshare = Reshare.objects.create(pk=activity.pk, person=person, post=post)
    count(Post.objects.filter(pk=post.pk), "reshares_count", +1)
    return reshare


@transaction.atomic
def undo(person: Person, post: Post) -> None:
    """Undo a reshare. Idempotent."""
    hold(person, post)
    reshare = Reshare.objects.filter(person=person, post=post).first()
    if reshare is None:
        return
    Publication.objects.filter(activity=reshare.pk).delete()
    reshare.delete()
    count(Post.objects.filter(pk=post.pk), "reshares_count", -1)
    record(Activity.Type.UNDO, person, post=post, detail=details.Undo(of="Announce", id=reshare.pk))
