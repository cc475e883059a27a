"""What the templates of posts say in sentences: names, reasons, and where a form goes back to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from network import ids
from network.models import Post
from network.templatetags.previews import plain
from network.values import Excerpt, Words
from network.views.decorators import local_path

register = template.Library()

OPENING = 60  # characters
LONGEST = 4096  # characters of HTML
IN_BYLINE = 3  # topics; as in templates/posts/_byline.html
LAST_HASHTAGS = re.compile(
    r'(?:<br>\s*|<p dir="auto">)(?:<a class="hashtag" href="[^"]*">[^<]*</a>[\s,.]*)+</p>\s*\Z'
)
HREF = re.compile(r'href="([^"]*)"')


@register.filter
def opening(post: Post | Excerpt, most: int = OPENING) -> str:
    """The title of a post, or its first words; of a folded text only the summary."""
    return post.title or _opening(post.summary, post.html, most)


def _opening(summary: str, html: str, most: int) -> str:
    """Of a long text only the start is read and kept: to take the tags out of all of it is slow."""
    if summary or len(html) <= LONGEST:
        return _kept_opening(summary, html, most)
    found = _kept_opening("", html[:LONGEST].rpartition("<")[0], most)
    is_cut = found.endswith("…") and len(found) >= most
    return found if is_cut else _kept_opening.__wrapped__("", html, most)


@lru_cache(maxsize=2048)
def _kept_opening(summary: str, html: str, most: int) -> str:
    return Truncator(" ".join((summary or plain(html)).split())).chars(most)


@register.filter
def prose(words: Words) -> str:
    """The words of a post as HTML, without a last line of hashtags that its byline names already."""
    html = words.post.html
    last = LAST_HASHTAGS.search(html)
    if last is None or not words.is_root or words.is_grouped:
        return html
    named = {topic.get_absolute_url() for topic in words.topics[:IN_BYLINE]}
    without = html[: last.start()] + ("</p>" if last[0].startswith("<br>") else "")
    is_said = set(HREF.findall(last[0])) <= named and strip_tags(without).strip()
    return without if is_said else html


@register.filter
def at(id: int) -> datetime:
    """The moment in which an id was made."""
    return ids.at(id)


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any]) -> str:
    """The address of the page that a part belongs to, also when htmx asked for the part alone."""
    request = context.get("request")
    if request is None:
        return ""
    came = request.headers.get("HX-Current-URL", "") if getattr(request, "htmx", False) else ""
    return local_path(request, came) or str(request.get_full_path())


@register.filter
def listed(names: Iterable[Any]) -> str:
    """Ada; Ada and Ben; Ada, Ben and Chi; Ada, Ben and 3 more."""
    all_names = [str(name) for name in names]
    if len(all_names) > 3:
        return _("%(first)s and %(n)d more") % {"first": ", ".join(all_names[:2]), "n": len(all_names) - 2}
    if len(all_names) < 2:
        return "".join(all_names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(all_names[:-1]), "last": all_names[-1]}


@register.filter
def because(reasons: Iterable[Any]) -> str:
    """All reasons of a card in one sentence: "You see this because you follow Ada; Ben reshared it."""
    by_sentence: dict[str, list[Any]] = {}
    sentences = {"group": _("you are in %s"), "reshared": _("%s reshared it")}
    for reason in reasons:
        by_sentence.setdefault(sentences.get(reason.why, _("you follow %s")), []).append(reason.what)
    parts = [sentence % listed(whom) for sentence, whom in by_sentence.items()]
    return _("You see this because %s") % "; ".join(parts)
