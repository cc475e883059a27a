"""What a link to a page shows where it is passed on: its title, and a sentence or two."""

from __future__ import annotations

from html import unescape
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from network.models import Post

register = template.Library()

LENGTH = 160  # characters; search engines and messengers cut about there


@register.simple_tag(takes_context=True)
def description(context: dict[str, Any], words: str) -> SafeString | str:
    """The `meta` element with the beginning of `words`; none where there are none.

    Only for who is signed out, as programs that make previews are: it says nothing that is not open to all.
    """
    words = " ".join(words.split())
    if context.get("person") is not None or not words:
        return ""
    return format_html('<meta name="description" content="{}">', Truncator(words).chars(LENGTH))


@register.filter
def plain(html: str) -> str:
    """The words of rendered text."""
    return unescape(strip_tags(html))


@register.filter
def outline(post: Post) -> str:
    """The words of a post; of a folded one only the summary."""
    return post.summary or plain(post.html)
