"""The parts of a card and of a comment that are rendered once: see `network.rendering`.

Each tag reads the values of a part from what is shown to this viewer. A part holds what it is given here, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from network.models import Group, Person, Post, Topic
from network.queries.showing import Muted, Shown
from network.rendering import Acts, Excerpt, Named, Reason, Reshared, Why, Words, rendered
from network.templatetags.kith import when
from network.templatetags.posts import at, listed

register = template.Library()

CLOSED = (Post.Audience.FOLLOWERS, Post.Audience.DIRECT)


@register.simple_tag(takes_context=True)
def words(context: dict[str, Any], shown: Shown, place: str, to: Iterable[Person] = ()) -> SafeString:
    """What was written, under its byline, in one of the places of `rendering.Words`."""
    post, thread = shown.post, shown.post.thread
    comment = context.get("comment") if place == "comment" else None
    parent = shown.parent
    value = Words(
        place,
        excerpt(post),
        post.thread_id,
        person(post.author),
        when(post.published_at),
        feed=context.get("feed_name", ""),
        parent=None if parent is None or place != "card" else excerpt(parent),
        parent_name=parent.author.name if isinstance(parent, Post) else None,
        is_answer=post.parent_id is not None,
        is_nested=post.parent_id not in (None, post.thread_id),
        is_quoting=post.quotes_id is not None,
        is_poll=shown.poll is not None,
        is_grouped=thread.group_id is not None,
        group=None if shown.group is None else group(shown.group),
        in_group="in_group" in context,
        topics=tuple(map(topic, shown.topics)),
        audience=thread.audience,
        is_edited=post.edited_at is not None,
        is_hidden=post.hidden_at is not None,
        is_new=comment is not None and comment.is_new,
        is_apart=comment is not None and comment.is_apart,
        to=listed(to),
    )
    return rendered("posts/_words.html", value)


@register.simple_tag(takes_context=True)
def reshared(context: dict[str, Any], card: Any) -> SafeString:
    """Who reshared the post of a card, and when."""
    post = card.shown.post
    value = Reshared(
        excerpt(post),
        person(card.actor),
        person(post.author),
        when(at(card.entry.id)),
        context.get("feed_name", ""),
    )
    return rendered("posts/_reshared.html", value)


@register.simple_tag
def acts(shown: Shown) -> SafeString:
    """What one may do at once with a post. Who is signed out is asked to sign in when they do it."""
    post, marks = shown.post, shown.marks
    value = Acts(
        post.pk,
        post.thread_id,
        post.author.name,
        post.comments_count,
        post.reshares_count,
        may_comment=marks is None or marks.may_comment,
        may_reshare=post.thread.audience not in CLOSED if marks is None else marks.may_reshare,
        saved=marks is not None and marks.saved,
        reshared=marks is not None and marks.reshared,
        others=0 if post.is_root else max(0, post.thread.comments_count - (post.hidden_at is None)),
    )
    return rendered("posts/_acts.html", value)


@register.simple_tag(takes_context=True)
def why(context: dict[str, Any], card: Any) -> SafeString:
    """Why a card is in a feed; nothing where its byline says it: its person follows who brings it."""
    reasons = getattr(card, "reasons", ())
    is_told = len(reasons) == 1 and reasons[0].why in ("followed", "reshared")
    if not reasons or (is_told and reasons[0].what == card.actor):
        return SafeString()
    told = tuple(Reason(str(reason.why), NAMED[type(reason.what)](reason.what)) for reason in reasons)
    return rendered("posts/_why.html", Why(card.shown.post.pk, told, context.get("feed_name", "")))


def excerpt(post: Post | Muted) -> Excerpt:
    if isinstance(post, Muted):
        return Excerpt(post.id, is_muted=True)
    return Excerpt(post.pk, post.title, post.summary, post.html, post.language)


def person(who: Person) -> Named:
    return Named("person", who.pk, who.name, who.handle)


def topic(what: Topic) -> Named:
    return Named("topic", what.pk, what.title, what.name)


def group(what: Group) -> Named:
    return Named("group", what.pk, what.name, what.slug)


NAMED: dict[type, Any] = {Person: person, Topic: topic, Group: group}
