"""Folding: the form in which words are compared, so that case, width and invisible marks do not matter."""

import re
import unicodedata

from network.text.marks import thin

TOPIC_LENGTH = 60

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties 16.0), which NFKC_Casefold drops too, without
# U+200B: Khmer and Thai writers set it between words, so it parts tokens instead of vanishing.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han. Each letter is a token of its own, so
# that a muted word is found inside a sentence, as a phrase.
UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff])"
)


def fold(word: str) -> str:
    """The form in which two spellings of a word are equal: Unicode's toNFKC_Casefold, but for U+200B.

    Folding twice is folding once.
    """
    visible = INVISIBLE.sub("", unicodedata.normalize("NFD", word))
    once = unicodedata.normalize("NFKC", visible.casefold()).casefold()
    return unicodedata.normalize("NFKC", once)


def is_letter_or_mark(char: str) -> bool:
    """Whether a word may hold this character: a letter, digit or combining mark of any script."""
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


def topic_name(raw: str) -> str | None:
    """The normal form of a hashtag ('#Tidal_Ecology' is 'tidal_ecology'), or None if it cannot be one.

    Letters, digits, marks and underscores, at least one of them a letter, 60 at most. Underscores at the ends
    are dropped: there they are emphasis.
    """
    if len(raw) > 4 * TOPIC_LENGTH:
        return None
    name = fold(raw.strip()).removeprefix("#").strip("_")
    if not 0 < len(name) <= TOPIC_LENGTH or not name[0].isalnum():
        return None
    if not all(char == "_" or is_letter_or_mark(char) for char in name) or thin(name) != name:
        return None
    return name if any(map(str.isalpha, name)) else None


def words(text: str, title: str = "", summary: str = "") -> str:
    """The folded tokens of title, summary and text in order, each between spaces, to seek muted words in.

    A muted form `w` is in it where `f" {w} " in words`; in SQL, where the column contains that string. Two
    spaces part title, summary and text, so that no phrase is found across them. Tokens hold neither % nor _.
    """
    parts = [" ".join(_tokens(part)) for part in (title, summary, text)]
    return f" {'  '.join(filter(None, parts))} "


def muted_form(raw: str) -> str | None:
    """The folded tokens of a word or phrase to mute, joined by single spaces; None where it holds no word."""
    return " ".join(_tokens(raw)) or None


def _tokens(text: str) -> list[str]:
    plain = "".join(char if is_letter_or_mark(char) else " " for char in fold(text))
    return UNSPACED.sub(r" \1 ", plain).split()
