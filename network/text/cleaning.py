"""Cleaning: what was submitted becomes what is stored, or is refused with a sentence."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.errors import Invalid

LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029]")
BLANKS = re.compile(r"\s+")

# Control characters, lone surrogates and noncharacters show nothing and break stores and parsers. Embeddings,
# overrides and isolates (U+202A to E, U+2066 to 9) can turn round the words after them; the marks U+200E,
# U+200F and U+061C stay, for they reach no further than themselves.
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)

# Letters by category, yet nothing to see: Hangul fillers and the empty Braille cell.
BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


class TextError(Invalid, ValueError):
    """What was written cannot be taken; the message is a sentence for the writer."""


@dataclass(frozen=True)
class Limit:
    """How much one kind of text may hold, and what to say to who writes too much or nothing."""

    most: int  # characters, after cleaning
    too_long: str | Promise
    empty: str | Promise
    lines: bool = True  # False: a single line


POST = Limit(5000, _("This is %(length)s characters; posts take %(most)s."), _("Write a few words first."))
TITLE = Limit(
    200, _("This is %(length)s characters; titles take %(most)s."), _("Enter a title."), lines=False
)
SUMMARY = Limit(
    200, _("This is %(length)s characters; summaries take %(most)s."), _("Enter a summary."), lines=False
)
OPTION = Limit(
    100, _("This is %(length)s characters; options take %(most)s."), _("Enter an option."), lines=False
)
NAME = Limit(80, _("This is %(length)s characters; names take %(most)s."), _("Enter a name."), lines=False)
BIO = Limit(
    1000, _("This is %(length)s characters; descriptions take %(most)s."), _("Write a few words first.")
)


def clean(raw: str, *, limit: Limit, required: bool = True) -> str:
    """The text as it is stored: NFC, lines ended by LF, nothing invisible that could do harm, trimmed.

    Cleaning twice is cleaning once. Raises TextError where it is too long, or required and empty.
    """
    if len(raw) > 4 * limit.most:  # refused unread: cleaning 5 MB would keep others waiting
        raise _too_long(len(raw), limit)
    text = UNWANTED.sub("", LINE_END.sub("\n", raw))
    text = unicodedata.normalize("NFC", text).strip()
    if not limit.lines:
        text = BLANKS.sub(" ", text)
    if not any(map(_is_visible, text)):
        text = ""
    if len(text) > limit.most:
        raise _too_long(len(text), limit)
    if required and not text:
        raise TextError(limit.empty)
    return text


def _too_long(length: int, limit: Limit) -> TextError:
    counts = {"length": length, "most": limit.most}
    shown = {name: number_format(count, force_grouping=True) for name, count in counts.items()}
    return TextError(str(limit.too_long) % shown)


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in "CZ" and char not in BLANK_LETTERS
