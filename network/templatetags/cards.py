"""Cards and comments, assembled from parts that are rendered once (`network.rendering`).

The functions here make the value of each part from what this viewer is shown. A poll has a form of its own,
so only what is in its form is such a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from network.models import Group, Person, Post, Topic
from network.queries.showing import Muted, PollShown, Shown
from network.queries.threads import Comment
from network.rendering import rendered
from network.templatetags.kith import left, when
from network.templatetags.posts import IN_BYLINE, at, listed, opening
from network.values import Acts, Excerpt, Named, Option, Reason, Reshared, Votes, Why, Words

register = template.Library()

OPENING = 120  # characters of a post that is only named
CLOSED = (Post.Audience.FOLLOWERS, Post.Audience.DIRECT)


@register.simple_tag(takes_context=True)
def card(context: Context, item: Any) -> SafeString:
    """A post as it stands in a list. In feeds an item also has an entry, an actor and reasons."""
    shown, post = item.shown, item.shown.post
    if getattr(item, "is_reshare", False):
        said = _reshared(context, item) + quoted(context, shown)
    else:
        said = _words(context, shown, "card") + within(context, shown)
    new = getattr(item, "unread", None)
    return format_html(
        '<article class="post" id="p{0}" data-post="{0}" data-thread="{1}" aria-labelledby="h{0}">'
        "{2}{3}{4}{5}</article>",
        post.pk,
        post.thread_id,
        _why(context, item),
        said,
        acts(shown),
        render_to_string("groups/_new.html", {"card": item}) if new else "",
    )


@register.simple_tag(takes_context=True)
def full(context: Context, shown: Shown, to: Iterable[Person] = ()) -> SafeString:
    """What stands in the article above a thread. `to` are those whom a message is for."""
    return _words(context, shown, "full", to=listed(to)) + within(context, shown) + acts(shown)


@register.simple_tag(takes_context=True)
def thread_comment(context: Context, item: Comment) -> SafeString:
    """A comment in its thread, with its replies. The list of replies may be empty: live replies join it."""
    replies = format_html_join("", "{}", ((thread_comment(context, reply),) for reply in item.replies))
    answers = format_html('<ol class="replies" role="list" data-replies="{}">{}</ol>', item.id, replies)
    if (number := len(item.replies)) > 1:
        words = ngettext("%(n)s reply", "%(n)s replies", number) % {"n": number}
        answers = format_html('<details class="fold" open><summary>{}</summary>{}</details>', words, answers)
    said = rendered("posts/_deleted.html") if item.shown is None else _comment(context, item, item.shown)
    return format_html('<li id="c{0}" data-post="{0}">{1}{2}</li>', item.id, said, answers)


@register.simple_tag(takes_context=True)
def quoted(context: Context, shown: Shown | Muted | None) -> SafeString:
    """A post inside another, set in behind a double line: reshared or quoted."""
    if not isinstance(shown, Shown):
        return rendered("posts/_absent.html", None if shown is None else excerpt(shown))
    more = poll(context, shown)
    if shown.is_cut:
        more += rendered("posts/_cut.html", Excerpt(shown.post.pk))
    elif shown.post.quotes_id is not None:
        more += quoted(context, shown.quoted)
    return format_html('<div class="quoted">{}{}</div>', _words(context, shown, "quoted"), more)


def within(context: Context, shown: Shown) -> SafeString:
    """What a post quotes, and its poll."""
    other = quoted(context, shown.quoted) if shown.post.quotes_id is not None else SafeString()
    return other + poll(context, shown)


def poll(context: Context, shown: Shown) -> SafeString:
    """A poll has a form of its own, with a token for each reader."""
    if shown.poll is None:
        return SafeString()
    # Given the request, every context processor would run again, and make another token.
    of_page = {name: context.get(name) for name in ("request", "csrf_token")}
    return render_to_string("posts/_poll.html", {"shown": shown, "poll": shown.poll, **of_page})


@register.simple_tag
def votes(shown: PollShown) -> SafeString:
    """What one may choose in a poll, or how it went."""
    poll = shown.poll
    value = Votes(
        tuple(Option(one.position, one.text, one.percent, one.chosen) for one in shown.options),
        poll.voters_count,
        shown.may_vote,
        shown.is_counted,
        poll.multiple,
        left(poll.closes_at) if poll.is_open else "",
    )
    return rendered("posts/_votes.html", value)


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


def _comment(context: Context, item: Comment, shown: Shown) -> SafeString:
    post = shown.post
    said = _words(context, shown, "comment", is_new=item.is_new, is_apart=item.is_apart)
    other = quoted(context, shown.quoted) if post.quotes_id is not None else ""
    answer = ""
    if shown.marks is None or shown.marks.may_comment:
        answer = rendered("posts/_reply.html", Named("person", post.pk, post.author.name, ""))
    return format_html(
        '<article class="comment" aria-label="{}: {}" data-thread="{}">{}{}</article>{}',
        post.author.name,
        opening(post),
        post.thread_id,
        said,
        other,
        answer,
    )


def _words(context: Context, shown: Shown, place: str, **of_place: Any) -> SafeString:
    post, parent = shown.post, shown.parent
    value = Words(
        place,
        excerpt(post),
        post.thread_id,
        person(post.author),
        when(post.published_at),
        feed=context.get("feed_name") or "",
        parent=None if parent is None or place != "card" else beginning(parent),
        parent_name=parent.author.name if isinstance(parent, Post) else None,
        is_answer=post.parent_id is not None,
        is_nested=post.parent_id not in (None, post.thread_id),
        is_quoting=post.quotes_id is not None,
        is_poll=shown.poll is not None,
        is_grouped=post.thread.group_id is not None,
        group=None if shown.group is None else group(shown.group),
        in_group="in_group" in context,
        topics=tuple(map(topic, shown.topics[:IN_BYLINE])),
        audience=post.thread.audience,
        is_edited=post.edited_at is not None,
        is_hidden=post.hidden_at is not None,
        **of_place,
    )
    return rendered("posts/_words.html", value)


def _reshared(context: Context, item: Any) -> SafeString:
    post = item.shown.post
    value = Reshared(
        beginning(post),
        person(item.actor),
        person(post.author),
        when(at(item.entry.id)),
        context.get("feed_name") or "",
    )
    return rendered("posts/_reshared.html", value)


def _why(context: Context, item: Any) -> SafeString:
    """Why a card is in a feed; nothing where its byline says it: its person follows who brings it."""
    reasons = list(getattr(item, "reasons", ()))
    is_in_byline = len(reasons) == 1 and reasons[0].why in ("followed", "reshared")
    if not reasons or (is_in_byline and reasons[0].what == item.actor):
        return SafeString()
    named = tuple(Reason(str(reason.why), NAMED[type(reason.what)](reason.what)) for reason in reasons)
    return rendered("posts/_why.html", Why(item.shown.post.pk, named, context.get("feed_name") or ""))


def excerpt(post: Post | Muted) -> Excerpt:
    if isinstance(post, Muted):
        return Excerpt(post.id, is_muted=True)
    return Excerpt(post.pk, post.title, post.summary, post.html, post.language)


def beginning(post: Post | Muted) -> Excerpt:
    """An excerpt without the text: what is kept of a post that is only named must be short."""
    if isinstance(post, Muted) or post.title:
        return replace(excerpt(post), summary="", html="")
    return Excerpt(post.pk, summary=opening(post, OPENING), language=post.language)


def person(who: Person) -> Named:
    return Named("person", who.pk, who.name, who.handle)


def topic(what: Topic) -> Named:
    return Named("topic", what.pk, what.title, what.name)


def group(what: Group) -> Named:
    return Named("group", what.pk, what.name, what.slug)


NAMED: dict[type, Callable[[Any], Named]] = {Person: person, Topic: topic, Group: group}
