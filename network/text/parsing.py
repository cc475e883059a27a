"""Parsing: the mentions, hashtags and links of a text, and an excerpt."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from network.text.markdown import MARKDOWN

MOST_MENTIONS = 30
MOST_HASHTAGS = 30
MOST_LINKS = 30
MOST_KEPT = 2000  # characters of a text whose excerpt is kept: a page of notices has sixty

SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Parsed:
    """What a text names, in order and without repetitions. `is_cut`: there were more people or topics."""

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
    """The beginning as plain text on one line, up to `length` characters; "…" marks a cut.

    Empty if the text is only markup, such as a rule or an empty quotation. Those of short texts are kept.
    """
    return (_kept_excerpt if len(text) <= MOST_KEPT else _excerpt)(text, length)


def _excerpt(text: str, length: int) -> str:
    plain = " ".join("".join(_plain(tokens(text))).split())
    if len(plain) <= length:
        return plain
    head = plain[: length - 1]
    if plain[length - 1] != " " and head.rfind(" ") > length // 2:
        head = head[: head.rfind(" ")]
    return head.rstrip() + "…"


_kept_excerpt = lru_cache(maxsize=1024)(_excerpt)


def tokens(text: str) -> list[Token]:
    """The tokens of a text, for rendering. Raises nothing."""
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
