"""Rendering: tokens become HTML, which an allow-list then sanitizes."""

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
    link_rel=None,  # the renderer writes it, as links of mentions and hashtags have none
)


def render(text: str, *, mentions: Mapping[str, str], topics: Mapping[str, str]) -> str:
    """The text as safe HTML, the same for every reader.

    `mentions` maps folded handles to addresses, `topics` maps names to addresses (absolute paths or http(s)).
    Names that are missing there are not linked. Headings become bold paragraphs, so that they are not among
    the headings of the page. The label of code is in the active language.
    """
    env = {"mention": mentions, "hashtag": topics}
    return CLEANER.clean(Renderer().render(tokens(text), MARKDOWN.options, env))


class Renderer(RendererHTML):
    """HTML for mentions, hashtags and the tokens that need other HTML than markdown-it's."""

    def renderToken(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: N802
        token = tokens[idx]
        # Each outermost block has its own text direction, and nested blocks inherit it.
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
        # tabindex: the keyboard can scroll code that is wider than the page.
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
