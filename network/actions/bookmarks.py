"""Bookmarks, which only their owner sees."""

from __future__ import annotations

from django.db import transaction

from network.actions.locking import hold
from network.actions.recording import record
from network.models import Activity, Bookmark, Person, Post, details
from network.queries import posts as queries


@transaction.atomic
def save(person: Person, post: Post) -> Bookmark:
    """Save a post. Idempotent. Raises NotVisible if the person may not read it."""
    hold(person, shared=[post])
    post = queries.find(person, post.pk)
    bookmark, created = Bookmark.objects.get_or_create(person=person, post=post)
    if created:
        record(Activity.Type.ADD, person, post=post, detail=details.Add(to="bookmarks"))
    return bookmark


@transaction.atomic
def remove(person: Person, post: Post) -> None:
    """Remove a bookmark. Idempotent."""
    hold(person, shared=[post])
    deleted, _ = Bookmark.objects.filter(person=person, post=post).delete()
    if deleted:
        record(Activity.Type.REMOVE, person, post=post, detail=details.Remove(source="bookmarks"))
