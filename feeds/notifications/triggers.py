"""Why somebody is told of an activity: for each type, whom it concerns and as what.

Each reason gives ids of people, by a query asked of what is true now: thanks that were taken back or a
request that was answered before it was delivered concern nobody any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db.models import QuerySet

from feeds.models import Notification
from network.models import Activity, Addressee, Follow, Like, Mention, Post, Reshare, Stream, Watch, details
from network.queries.rights import MODERATING

Kind = Notification.Kind
Type = Activity.Type
Level = Watch.Level
Reasons = Iterator[tuple[Kind, Iterable[int]]]


def said(activity: Activity) -> Reasons:
    """A post or a comment: the people it names, answers, quotes or is written to."""
    post = activity.post
    if post is None:
        return
    yield Kind.MENTION, _named(post.pk).values_list("person", flat=True)
    if post.thread.audience == Post.Audience.DIRECT:
        yield Kind.MESSAGE, Addressee.objects.filter(thread=post.thread_id).values_list("person", flat=True)
        yield Kind.MESSAGE, Post.objects.filter(pk=post.thread_id).values_list("author", flat=True)
        return
    watchers = Watch.objects.filter(thread=post.thread_id, level=Level.ALL)
    answered = Post.objects.filter(replies=post).exclude(parent=None)
    if not post.is_root:
        yield (
            Kind.REPLY,
            watchers.filter(person__in=answered.values("author")).values_list("person", flat=True),
        )
    if post.quotes_id is not None:
        yield Kind.RESHARE, Post.objects.filter(quoted_by=post).values_list("author", flat=True)
    if not post.is_root:
        yield Kind.COMMENT, watchers.values_list("person", flat=True)
        return
    yield Kind.POST, _hearing_all(post.author_id)
    if post.group_id is not None:
        yield Kind.THREAD, _hearing_all(post.group_id)


def changed(activity: Activity) -> Reasons:
    """An edit: people whom it names and the former text did not. A group that was closed: its members."""
    detail = details.Update.read(activity)
    if detail.named:
        named = _named(activity.post_id).filter(person__in=detail.named)
        yield Kind.MENTION, named.values_list("person", flat=True)
    if detail.closed:
        yield Kind.GROUP, _members(activity).values_list("follower", flat=True)


def reshared(activity: Activity) -> Reasons:
    yield Kind.RESHARE, Reshare.objects.filter(pk=activity.pk).values_list("post__author", flat=True)


def thanked(activity: Activity) -> Reasons:
    likes = Like.objects.filter(person=activity.actor_id, post=activity.post_id)
    yield Kind.THANKS, likes.values_list("post__author", flat=True)


def followed(activity: Activity) -> Reasons:
    """A person is followed, or asked for it. A topic is nobody who could be told."""
    state = details.Request.read(activity).state
    follows = Follow.objects.filter(follower=activity.actor_id, stream=activity.stream_id, state=state)
    kind = Kind.REQUEST if state == Follow.State.REQUESTED else Kind.FOLLOW
    yield kind, follows.filter(stream__kind=Stream.Kind.PERSON).values_list("stream", flat=True)


def joined(activity: Activity) -> Reasons:
    """Somebody asks to join a group: those who look after it. Joining an open group is no news."""
    asked = Follow.objects.filter(
        follower=activity.actor_id, stream=activity.stream_id, state=Follow.State.REQUESTED
    )
    moderators = Follow.objects.filter(stream__in=asked.values("stream"), role__in=MODERATING)
    yield Kind.REQUEST, moderators.values_list("follower", flat=True)


def accepted(activity: Activity) -> Reasons:
    """A request was accepted: whoever asked, if they are still in."""
    detail = details.Accept.read(activity)
    if detail.of == "Follow":
        follows = Follow.objects.filter(follower=activity.stream_id, stream=activity.actor_id)
    else:
        follows = Follow.objects.filter(follower=detail.person, stream=activity.stream_id)
    yield Kind.ACCEPTED, follows.filter(state=Follow.State.ACCEPTED).values_list("follower", flat=True)


def offered(activity: Activity) -> Reasons:
    """A role was given in a group: whoever has it now and, of a new owner, those who look after it."""
    detail = details.Offer.read(activity)
    person, role = detail.person, detail.role
    yield Kind.ROLE, _members(activity).filter(follower=person, role=role).values_list("follower", flat=True)
    if role == Follow.Role.OWNER:
        yield Kind.GROUP, _members(activity).filter(role__in=MODERATING).values_list("follower", flat=True)


def invited(activity: Activity) -> Reasons:
    """Somebody was invited to a group by name. A link for whoever holds it is told to nobody."""
    person = details.Invite.read(activity).person
    if person is not None:
        yield Kind.INVITED, (person,)


def removed(activity: Activity) -> Reasons:
    """Somebody was taken out of a group: they, unless they are in it again. A declined request is no news."""
    detail = details.Remove.read(activity)
    if detail.state == Follow.State.ACCEPTED and detail.person is not None:
        is_back = _members(activity).filter(follower=detail.person).exists()
        yield Kind.GROUP, () if is_back else (detail.person,)


def _members(activity: Activity) -> QuerySet[Follow]:
    return Follow.objects.filter(stream=activity.stream_id, state=Follow.State.ACCEPTED)


def _hearing_all(stream: int) -> QuerySet[Watch, int]:
    """Ids of those who want to hear of all that somebody posts, or that is begun in a group."""
    return Watch.objects.filter(stream=stream, level=Level.ALL).values_list("person", flat=True)


def _named(post: int | None) -> QuerySet[Mention]:
    """Who is named in a post and was not told of that yet, by its Create or by an edit."""
    told = Notification.objects.filter(activity__post=post, kind=Kind.MENTION)
    return Mention.objects.filter(post=post).exclude(person__in=told.values("person"))


# The reasons of each type of activity, strongest first. Further rooms add their own at start-up.
of_type: dict[str, Callable[[Activity], Reasons]] = {
    Type.CREATE: said,
    Type.UPDATE: changed,
    Type.ANNOUNCE: reshared,
    Type.LIKE: thanked,
    Type.FOLLOW: followed,
    Type.JOIN: joined,
    Type.ACCEPT: accepted,
    Type.INVITE: invited,
    Type.OFFER: offered,
    Type.REMOVE: removed,
}
