"""The markup of posts: a subset of Markdown, with mentions and hashtags.

It is CommonMark without HTML, images, indented code, underlined headings and reference definitions, with
strikethrough and bare http(s) links, and with all line breaks kept. Mentions and hashtags are inline rules,
so they are not found in code, link texts and addresses.
"""

import re
import unicodedata

import regex
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from network.text import emphasis
from network.text.folding import HEBREW_QUOTE, is_between_letters, is_letter_or_mark, joins, topic_name

# A handle begins and ends with a letter or digit, so a full stop or emphasis after it is not part of it.
HANDLE = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MENTION = re.compile(rf"[@＠]{HANDLE}(?![A-Za-z0-9])(?:@{LABEL}(?:\.{LABEL}){{1,8}}(?![A-Za-z0-9]))?")
SCHEME = re.compile(r"(?<![A-Za-z0-9.+-])https?$", re.IGNORECASE)
# No user name before the host: "https://bank.example@evil.example" looks like another site.
ADDRESS = re.compile(r"https?://[a-z0-9._-]+(?::\d{1,5})?(?:[/?#]|$)|mailto:\S", re.IGNORECASE)
# Punctuation that ends an address: closing, final, opening, initial and other, outside of ASCII.
ENDS_ADDRESS = regex.compile(
    r"[\s\u200b\u200e\u200f\u061c]|[[\p{Po}\p{Pe}\p{Pf}\p{Ps}\p{Pi}]--[\x00-\x7f]]", regex.VERSION1
)
# Allowed inside a hashtag. Folding removes the joiners, which Persian and Indic words have.
BETWEEN = "_\u200c\u200d"
MARKS = "@＠#＃"
LIST_NUMBER = re.compile(r"\s*\d{1,9}")


def _is_inside_word(state: StateInline) -> bool:
    """Whether the character before makes an @ or # part of a word or an address.

    Only ASCII letters and digits do: other scripts may have no space before a mention.
    """
    before = state.src[state.pos - 1 : state.pos]
    return before in tuple(MARKS + "/&=") or (before.isascii() and before.isalnum())


def _mention(state: StateInline, silent: bool) -> bool:
    match = MENTION.match(state.src, state.pos, state.posMax)
    if not match or state.linkLevel or _is_inside_word(state) or _goes_on(state.src[match.end() :][:1]):
        return False
    if not silent:
        token = state.push("mention", "a", 0)
        token.content = match[0]
        token.meta = {"name": match[0][1:].lower()}
    state.pos = match.end()
    return True


def _goes_on(after: str) -> bool:
    """Whether a character continues a name that is no handle: "@zoë" is not "@zo"."""
    return after != "" and (
        unicodedata.category(after) in ("Mn", "Mc") or unicodedata.name(after, "").startswith("LATIN ")
    )


def _hashtag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "#＃" or state.linkLevel or _is_inside_word(state):
        return False
    end = state.pos + 1
    while end < state.posMax and _is_of_hashtag(state.src, end):
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


def _is_of_hashtag(text: str, place: int) -> bool:
    if text[place] in "\"'":
        return HEBREW_QUOTE.match(text, place) is not None
    return text[place] in BETWEEN or is_letter_or_mark(text[place]) or joins(text, place)


def _bare_link(state: StateInline, silent: bool) -> bool:
    # The rule of markdown-it takes quadratic time: 0.3 s for 5,000 characters of "://".
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME.search(state.src, max(0, state.pos - len("https")), state.pos)
    if not scheme or not state.pending.endswith(scheme[0]):
        return False
    match = LINKIFY.match_at_start(_address(state.src, scheme.start(), state.posMax))
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


def _address(text: str, start: int, end: int) -> str:
    """The text from `start` to the first punctuation outside of ASCII that ends an address.

    LinkifyIt handles ASCII punctuation. A sign that joins letters does not end an address, as in an
    encyclopedia's page about "col·lecció" or "L’Aquila".
    """
    for found in ENDS_ADDRESS.finditer(text, start, end):
        place = found.start()
        is_apostrophe = found[0] == "’" and is_between_letters(text, place)
        if not (is_apostrophe or joins(text, place)):
            return text[start:place]
    return text[start:end]


def _drawn_backslash(state: StateInline, silent: bool) -> bool:
    """A visible backslash, which is no escape: the arm in "¯\\_(ツ)_/¯" and "\\(^o^)/"."""
    drawn, after = state.src[state.pos : state.pos + 1], state.src[state.pos + 1 : state.posMax][:1]
    if drawn != "\\" or not after or not _is_arm(state.src[: state.pos], after):
        return False
    if not silent:
        state.append_pending(drawn + after)
    state.pos += 2
    return True


def _is_arm(before: str, after: str) -> bool:
    last = before[-1:]
    if after == "(":
        return last not in ("]", "\\")
    if after == ")":
        return last != "\\" and not LIST_NUMBER.fullmatch(before, before.rfind("\n") + 1)
    return after == "_" and not last.isascii() and unicodedata.category(last).startswith("S")


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.enable("strikethrough")
    markdown.disable(["image", "code", "lheading", "reference"])
    for rule in (_bare_link, _mention, _hashtag, _drawn_backslash):
        markdown.inline.ruler.after("text", rule.__name__, rule)
    for mark in "＠＃":
        markdown.inline.add_terminator_char(mark)
    for name in ("emphasis", "strikethrough"):
        markdown.inline.ruler.at(name, emphasis.mark)
    markdown.validateLink = lambda url: bool(ADDRESS.match(url))  # type: ignore[method-assign]
    return markdown


LINKIFY = LinkifyIt()
MARKDOWN = _markdown()
