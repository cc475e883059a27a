"""Threads: hiding comments, the rule for commenting, and how far a person has read."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from network.actions.counting import count_comment, hold_branch, newest_of_thread
from network.actions.recording import record
from network.errors import NotVisible
from network.models import Activity, Person, Post, Reading, details
from network.queries.threads import ThreadPage
from network.signals import thread_opened


@transaction.atomic
def hide_comment(person: Person, comment: Post) -> None:
    """Hide a comment in an own thread from everybody but its author. Idempotent.

    Raises NotVisible if it is not a comment in a thread of `person`.
    """
    comment = _comment_in_own_thread(person, comment)
    if comment.hidden_at is None:
        _set_hidden(person, comment, hidden=True)


@transaction.atomic
def show_comment(person: Person, comment: Post) -> None:
    """Show a hidden comment again. Idempotent."""
    comment = _comment_in_own_thread(person, comment)
    if comment.hidden_at is not None:
        _set_hidden(person, comment, hidden=False)


@transaction.atomic
def say_who_may_comment(person: Person, post: Post, commenting: Post.Commenting) -> None:
    """Change who may comment in an own thread. Raises NotVisible for a thread of somebody else."""
    changed = Post.objects.filter(pk=post.pk, author=person, parent=None, deleted_at=None)
    if not changed.update(commenting=commenting):
        raise NotVisible
    record(Activity.Type.UPDATE, person, post=post)


def open_page(person: Person, page: ThreadPage) -> None:
    """Store how far a person has read a thread, and mark notifications about it as read.

    Records no activity.
    """
    if (page.seen or 0) < page.seen_id:
        mark_read(person, Post(pk=page.id), page.seen_id)
    thread_opened.send_robust(sender=Post, person=person, posts=page.shown_ids)


@transaction.atomic
def mark_read(person: Person, thread: Post, seen_id: int) -> None:
    """Store how far a person has read a thread. Never decreases."""
    own = Reading.objects.filter(person=person, thread=thread)
    before = own.values_list("seen_id", flat=True).first()
    if before is None:
        Reading.objects.bulk_create(
            [Reading(person=person, thread=thread, seen_id=seen_id)], ignore_conflicts=True
        )
    if before is None or before < seen_id:
        own.filter(seen_id__lt=seen_id).update(seen_id=seen_id)


def _comment_in_own_thread(person: Person, comment: Post) -> Post:
    hold_branch(comment)
    own = Post.objects.filter(pk=comment.pk, thread__author=person, deleted_at=None)
    found = own.exclude(parent=None).first()
    if found is None:
        raise NotVisible
    return found


def _set_hidden(person: Person, comment: Post, *, hidden: bool) -> None:
    comment.hidden_at = timezone.now() if hidden else None
    comment.save(update_fields=["hidden_at"])
    count_comment(comment, -1 if hidden else +1)
    newest_of_thread(comment.thread_id)
    record(Activity.Type.FLAG, person, post=comment, detail=details.Flag(hidden))
