"""Likes. Only the author of a post sees who liked it, and how many did."""

from __future__ import annotations

from django.db import transaction

from network.actions.counting import count
from network.actions.locking import hold
from network.actions.recording import record
from network.models import Activity, Like, Person, Post, details
from network.queries import posts as queries


@transaction.atomic
def like(person: Person, post: Post) -> Like:
    """Like a post. Idempotent. Raises NotVisible if the person may not read it."""
    hold(person, post)
    post = queries.find(person, post.pk)
    like, created = Like.objects.get_or_create(person=person, post=post)
    if created:
        count(Post.objects.filter(pk=post.pk), "likes_count", +1)
        record(Activity.Type.LIKE, person, post=post)
    return like


@transaction.atomic
def unlike(person: Person, post: Post) -> None:
    """Remove a like. Idempotent."""
    hold(person, post)
    deleted, _ = Like.objects.filter(person=person, post=post).delete()
    if deleted:
        count(Post.objects.filter(pk=post.pk), "likes_count", -1)
        record(Activity.Type.UNDO, person, post=post, detail=details.Undo(of="Like"))
