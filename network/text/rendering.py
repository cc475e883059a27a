"""Rendering: tokens become HTML, then an allow-list that trusts none of it decides what stays."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import nh3
from django.utils.translation import gettext
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from network.text.markdown import MARKDOWN
from network.text.parsing import tokens

TAGS = {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
OUTWARD = "nofollow noopener ugc"
TARGET = re.compile(r"(?:https?://|mailto:|/(?![/\\]))", re.IGNORECASE)

CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={tag: {"dir"} for tag in ("p", "blockquote", "ul")}
    | {"a": {"href", "title"}, "ol": {"dir", "start"}, "pre": {"dir", "aria-label"}},
    tag_attribute_values={
        "a": {"class": {"mention", "hashtag"}, "rel": {OUTWARD}},
        "pre": {"tabindex": {"0"}, "role": {"group"}},
    },
    attribute_filter=lambda tag, name, value: value if name != "href" or TARGET.match(value) else None,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,  # ours to write, for mentions and hashtags lead inward
)


def render(text: str, *, mentions: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """The text as safe HTML, the same for every reader.

    `mentions` maps folded handles and `topics` names to the addresses that they lead to (absolute paths or
    http(s)); what is in neither stays plain. Headings are bold paragraphs, for a page's own headings are its
    map. The label of code is in the language that is active.
    """
    env = {"mention": mentions, "hashtag": topics}
    return CLEANER.clean(Renderer().render(tokens(text), MARKDOWN.options, env))


class Renderer(RendererHTML):
    """HTML for the tokens that are ours or whose usual HTML is not what a page wants."""

    def renderToken(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: N802
        token = tokens[idx]
        # Each outermost block finds its own direction; what is inside follows it.
        if token.block and token.level == 0 and token.nesting == 1:
            token.attrSet("dir", "auto")
        return super().renderToken(tokens, idx, options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<p dir="auto"><strong>' if tokens[idx].level == 0 else "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</strong></p>\n"

    def softbreak(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "<br>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        label = escapeHtml(gettext("Code"))
        code = escapeHtml(tokens[idx].content)
        # tabindex: code that is wider than the page is scrolled with the keyboard too.
        return f'<pre dir="auto" tabindex="0" role="group" aria-label="{label}"><code>{code}</code></pre>\n'

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        tokens[idx].attrSet("rel", OUTWARD)
        return self.renderToken(tokens, idx, options, env)

    def mention(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return self._inward(tokens[idx], env)

    def hashtag(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return self._inward(tokens[idx], env)

    def _inward(self, token: Token, env: Any) -> str:
        shown = escapeHtml(token.content)
        address = env[token.type].get(token.meta["name"])
        if address is None:
            return shown
        return f'<a class="{token.type}" href="{escapeHtml(address)}">{shown}</a>'
