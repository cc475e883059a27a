"""The triggers of notifications: predicates on an activity, and the ids of the people whom it concerns.

`kinds.py` says which trigger belongs to which kind. Recipients are queried when a notification is delivered,
so that an act that was taken back or answered before then notifies nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from django.db.models import QuerySet

from feeds.models import Notification
from network.models import Activity, Addressee, Follow, Like, Mention, Post, Reshare, Stream, Watch, details

MENTION = "mention"  # the kind for people who are named

Ids = Iterable[int]
Level = Watch.Level
State = Follow.State


# What is said in a post or a comment.


def is_post(activity: Activity) -> bool:
    """Whether it is about a post or a comment: lists and groups are created too."""
    return activity.post is not None


def is_root(activity: Activity) -> bool:
    return activity.post is not None and activity.post.is_root


def is_comment(activity: Activity) -> bool:
    return activity.post is not None and not activity.post.is_root


def is_quote(activity: Activity) -> bool:
    return activity.post is not None and activity.post.quotes_id is not None


def names_more(activity: Activity) -> bool:
    """Whether an edit names people whom the former text did not."""
    return bool(details.Update.read(activity).named)


def named(activity: Activity) -> Ids:
    """The people whom a post names and who were not notified of that before, by its Create or by an edit."""
    notified = Notification.objects.filter(activity__post=activity.post_id, kind=MENTION)
    mentions = Mention.objects.filter(post=activity.post_id).exclude(person__in=notified.values("person"))
    if activity.type == Activity.Type.UPDATE:
        mentions = mentions.filter(person__in=details.Update.read(activity).named)
    return mentions.values_list("person", flat=True)


def addressed(activity: Activity) -> Ids:
    """The people in a direct thread: its addressees and its author."""
    post = activity.post
    if post is None or not _is_direct(activity):
        return ()
    return chain(
        Addressee.objects.filter(thread=post.thread_id).values_list("person", flat=True),
        Post.objects.filter(pk=post.thread_id).values_list("author", flat=True),
    )


def replied_to(activity: Activity) -> Ids:
    """The author of the comment that a comment answers, if they watch the thread."""
    if _is_direct(activity):
        return ()
    answered = Post.objects.filter(replies=activity.post).exclude(parent=None)
    return _watching(activity).filter(person__in=answered.values("author")).values_list("person", flat=True)


def quoted(activity: Activity) -> Ids:
    """The author of the post that a post quotes."""
    if _is_direct(activity):
        return ()
    return Post.objects.filter(quoted_by=activity.post).values_list("author", flat=True)


def watching(activity: Activity) -> Ids:
    """The people who watch the thread of a comment."""
    return () if _is_direct(activity) else _watching(activity).values_list("person", flat=True)


def watching_author(activity: Activity) -> Ids:
    """The people who chose to hear of everything from the author of a new post."""
    return () if _is_direct(activity) else _watching_stream(activity.actor_id)


def watching_group(activity: Activity) -> Ids:
    """The people who chose to hear of every thread in the group of a new post."""
    group = activity.post.group_id if activity.post is not None else None
    return () if group is None or _is_direct(activity) else _watching_stream(group)


def _watching(activity: Activity) -> QuerySet[Watch]:
    thread = activity.post.thread_id if activity.post is not None else None
    return Watch.objects.filter(thread=thread, level=Level.ALL)


def _watching_stream(stream: int) -> Ids:
    return Watch.objects.filter(stream=stream, level=Level.ALL).values_list("person", flat=True)


def _is_direct(activity: Activity) -> bool:
    return activity.post is not None and activity.post.thread.audience == Post.Audience.DIRECT


# Reshares and likes.


def reshared(activity: Activity) -> Ids:
    return Reshare.objects.filter(pk=activity.pk).values_list("post__author", flat=True)


def liked(activity: Activity) -> Ids:
    likes = Like.objects.filter(person=activity.actor_id, post=activity.post_id)
    return likes.values_list("post__author", flat=True)


# Follows of people. Nobody is notified of a follow of a topic.


def is_request(activity: Activity) -> bool:
    """Whether a Follow asks for permission."""
    return details.Request.read(activity).state == State.REQUESTED


def is_follow(activity: Activity) -> bool:
    """Whether a Follow needs no permission."""
    return not is_request(activity)


def followed(activity: Activity) -> Ids:
    """The person who is followed or asked, if the follow is still in the state in which it was recorded."""
    follows = _follows(activity).filter(
        state=details.Request.read(activity).state, stream__kind=Stream.Kind.PERSON
    )
    return follows.values_list("stream", flat=True)


def accepted(activity: Activity) -> Ids:
    """The person whose request to follow or to join was accepted, if they are still in."""
    if details.Accept.read(activity).of == Activity.Type.FOLLOW:
        follows = Follow.objects.filter(follower=activity.stream_id, stream=activity.actor_id)
    else:
        follows = Follow.objects.filter(follower=activity.target_id, stream=activity.stream_id)
    return follows.filter(state=State.ACCEPTED).values_list("follower", flat=True)


def _follows(activity: Activity) -> QuerySet[Follow]:
    return Follow.objects.filter(follower=activity.actor_id, stream=activity.stream_id)
