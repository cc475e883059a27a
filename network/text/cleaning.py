"""Cleaning: a submitted text becomes the stored text, or is refused with a sentence."""

import re
import unicodedata
from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.errors import Invalid
from network.text.folding import INVISIBLE
from network.text.marks import thin

LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029]")
BLANKS = re.compile(r"\s+")

# Control characters, lone surrogates and noncharacters are invisible and break databases and parsers.
# Embeddings, overrides and isolates (U+202A to E, U+2066 to 9) can reverse the words after them. The marks
# U+200E, U+200F and U+061C are allowed: they do not affect the words after them.
UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)

# Invisible, although Unicode has them as letters: Hangul fillers and the empty Braille cell.
BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"


class TextError(Invalid, ValueError):
    """A text cannot be accepted. The message is a sentence for its author."""


# Invisible characters, and where they are part of the spelling because they change how their neighbours look:
# joiners between letters of scripts from Arabic to Khmer or between emoji, and variation selectors after one.
UNSEEN = re.compile(f"{INVISIBLE.pattern}|[\u200b{BLANK_LETTERS}]")
SPELLING = re.compile(
    "(?<=[\u0600-\u0eff\u1000-\u109f\u1780-\u18af\ua840-\uaaff])[\u200c\u200d]"
    "(?=[\u0600-\u0eff\u1000-\u109f\u1780-\u18af\ua840-\uaaff])"
    "|(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
    "|(?<=[\u2190-\u2bff\u3400-\u9fff\U0001f000-\U0001faff\U00020000-\U0003ffff])"
    "[\ufe0e\ufe0f\U000e0100-\U000e01ef]"
)


@dataclass(frozen=True)
class Limit:
    """The limits of one kind of text, and the messages for a text that is too long or empty."""

    most: int  # characters, after cleaning
    too_long: str | Promise
    empty: str | Promise
    lines: bool = True  # False: a single line
    unseen: bool = True  # False: invisible characters are removed, as names must be distinguishable


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
NAME = Limit(80, _("This is %(length)s characters; names take %(most)s."), _("Enter a name."), False, False)
BIO = Limit(
    1000, _("This is %(length)s characters; descriptions take %(most)s."), _("Write a few words first.")
)


def clean(raw: str, *, limit: Limit, required: bool = True) -> str:
    """The text as it is stored: NFC, lines ended by LF, trimmed, without harmful invisible characters.

    Single lines also have no piles of combining marks, and names no invisible characters. Idempotent. Raises
    TextError if the text is too long, or required and empty.
    """
    if len(raw) > 4 * limit.most:  # refused before cleaning, which would block the process for 5 MB
        raise _too_long(len(raw), limit)
    text = UNWANTED.sub("", LINE_END.sub("\n", raw))
    if not limit.unseen:
        text = UNSEEN.sub(lambda found: found[0] if SPELLING.match(text, found.start()) else "", text)
    text = unicodedata.normalize("NFC", text).strip()
    if not limit.lines:
        text = BLANKS.sub(" ", thin(text)).strip()
    if not any(map(_is_visible, text)):
        text = ""
    if len(text) > limit.most:
        raise _too_long(len(text), limit)
    if required and not text:
        raise TextError(limit.empty)
    return text


def _too_long(length: int, limit: Limit) -> TextError:
    counts = {"length": length, "most": limit.most}
    shown = {name: floatformat(count, "0g") for name, count in counts.items()}
    return TextError(str(limit.too_long) % shown)


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in "CZ" and char not in BLANK_LETTERS
