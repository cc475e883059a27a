"""Parsing: Kith's subset of Markdown, with mentions and hashtags as parts of the language.

CommonMark without HTML, images, indented code, underlined headings and reference definitions; with
strikethrough, bare http(s) links, and every line break kept. Mentions and hashtags are inline rules, so code,
link texts and addresses hold none by construction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from network.text.folding import is_letter_or_mark, topic_name

MOST_MENTIONS = 30
MOST_HASHTAGS = 30
MOST_LINKS = 30

# A handle begins and ends with a letter or digit: a full stop or emphasis after it is not its own.
HANDLE = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MENTION = re.compile(rf"@{HANDLE}(?![A-Za-z0-9])(?:@{LABEL}(?:\.{LABEL}){{1,8}}(?![A-Za-z0-9]))?")
SCHEME = re.compile(r"(?<![A-Za-z0-9.+-])https?$", re.IGNORECASE)
# No user name before the host: it makes "https://bank.example@evil.example" look like what it is not.
ADDRESS = re.compile(r"https?://[a-z0-9._-]+(?::\d{1,5})?(?:[/?#]|$)|mailto:\S", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")
BETWEEN = "_\u200c\u200d"  # may stand inside a hashtag; the joiners, of Persian and Indic words, fold away


@dataclass(frozen=True)
class Parsed:
    """What a text names, in order and once each; `is_cut` where there are people or topics past the caps."""

    mentions: tuple[str, ...] = ()  # folded handles: "ada", "ada@example.org"
    hashtags: tuple[str, ...] = ()  # names of topics
    links: tuple[str, ...] = ()  # http and https addresses
    is_cut: bool = False


def parse(text: str) -> Parsed:
    """The mentions, hashtags and links of a text."""
    found: dict[str, dict[str, None]] = {"mention": {}, "hashtag": {}, "link_open": {}}
    for token in _inline(tokens(text)):
        if token.type == "link_open" and not str(token.attrs["href"]).lower().startswith("mailto:"):
            found["link_open"][str(token.attrs["href"])] = None
        elif token.type in ("mention", "hashtag"):
            found[token.type][token.meta["name"]] = None
    return Parsed(
        mentions=tuple(found["mention"])[:MOST_MENTIONS],
        hashtags=tuple(found["hashtag"])[:MOST_HASHTAGS],
        links=tuple(found["link_open"])[:MOST_LINKS],
        is_cut=len(found["mention"]) > MOST_MENTIONS or len(found["hashtag"]) > MOST_HASHTAGS,
    )


def excerpt(text: str, length: int = 120) -> str:
    """The first words as plain text on one line, `length` characters at most; a cut is marked with '…'.

    Empty where nothing remains but marks, such as a rule or an empty quotation.
    """
    plain = " ".join("".join(_plain(tokens(text))).split())
    if len(plain) <= length:
        return plain
    head = plain[: length - 1]
    if plain[length - 1] != " " and head.rfind(" ") > length // 2:
        head = head[: head.rfind(" ")]
    return head.rstrip() + "…"


def tokens(text: str) -> list[Token]:
    """The tokens of a text, for rendering; never raises."""
    return MARKDOWN.parse(SURROGATE.sub("\ufffd", text))


def _inline(blocks: list[Token]) -> Iterator[Token]:
    for block in blocks:
        yield from block.children or ()


def _plain(blocks: list[Token]) -> Iterator[str]:
    for block in blocks:
        if block.type == "fence":
            yield block.content
        for token in block.children or ():
            yield " " if token.type in ("softbreak", "hardbreak") else token.content
        yield " "


def _is_inside_word(state: StateInline) -> bool:
    """Whether what stands before makes an @ or # part of a word or an address."""
    before = state.src[state.pos - 1 : state.pos]
    return before.isalnum() or before in tuple("@#/&=")


def _mention(state: StateInline, silent: bool) -> bool:
    match = MENTION.match(state.src, state.pos, state.posMax)
    if not match or state.linkLevel or _is_inside_word(state):
        return False
    if not silent:
        token = state.push("mention", "a", 0)
        token.content = match[0]
        token.meta = {"name": match[0][1:].lower()}
    state.pos = match.end()
    return True


def _hashtag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "#" or state.linkLevel or _is_inside_word(state):
        return False
    end = state.pos + 1
    while end < state.posMax and (state.src[end] in BETWEEN or is_letter_or_mark(state.src[end])):
        end += 1
    written = state.src[state.pos : end].rstrip(BETWEEN)
    name = topic_name(written)
    if name is None:
        return False
    if not silent:
        token = state.push("hashtag", "a", 0)
        token.content = written
        token.meta = {"name": name}
    state.pos += len(written)
    return True


def _bare_link(state: StateInline, silent: bool) -> bool:
    # markdown-it's own rule reads all text before each "://" again: 0.3 s for 5,000 characters of them.
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME.search(state.src, max(0, state.pos - len("https")), state.pos)
    if not scheme or not state.pending.endswith(scheme[0]):
        return False
    match = LINKIFY.match_at_start(state.src[scheme.start() : state.posMax])
    if not match:
        return False
    url = match.url.rstrip("*~")
    address = state.md.normalizeLink(url)
    if not state.md.validateLink(address):
        return False
    state.pending = state.pending.removesuffix(scheme[0])
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = state.md.normalizeLinkText(url)
    state.push("link_close", "a", -1)
    state.pos = scheme.start() + len(url)
    return True


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.enable("strikethrough")
    markdown.disable(["image", "code", "lheading", "reference"])
    for rule in (_bare_link, _mention, _hashtag):
        markdown.inline.ruler.after("text", rule.__name__, rule)
    markdown.validateLink = lambda url: bool(ADDRESS.match(url))  # type: ignore[method-assign]
    return markdown


LINKIFY = LinkifyIt()
MARKDOWN = _markdown()
