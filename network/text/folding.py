"""Folding: the form for comparing words without regard to case, width and invisible marks."""

import re
import unicodedata

from network.text.marks import thin

TOPIC_LENGTH = 60

# Signs that join the letters of one word: the middle dots of Catalan and katakana, the double hyphen, Hebrew
# geresh and gershayim, the Tibetan tsheg, the wave dash.
JOINERS = frozenset("·‧・･゠׳״་〜～")

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties 16.0), which NFKC_Casefold drops too, without
# U+200B: Khmer and Thai have it between words, so it separates tokens here.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)


def fold(word: str) -> str:
    """The form in which all spellings of a word are equal: Unicode's toNFKC_Casefold, except for U+200B.

    Idempotent.
    """
    visible = INVISIBLE.sub("", unicodedata.normalize("NFD", word))
    once = unicodedata.normalize("NFKC", visible.casefold()).casefold()
    return unicodedata.normalize("NFKC", once)


def is_letter_or_mark(char: str) -> bool:
    """Whether a character can be part of a word: a letter, digit or combining mark of any script."""
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


def joins(text: str, place: int) -> bool:
    """Whether the character at `place` joins the letters before and after it."""
    return text[place] in JOINERS and is_between_letters(text, place)


def is_between_letters(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and all(map(is_letter_or_mark, (text[place - 1], text[place + 1])))


# On Hebrew keyboards, quotation marks are typed for geresh and gershayim.
HEBREW_QUOTE = re.compile("(?<=[\u05d0-\u05ea])[\"'](?=[\u05d0-\u05ea])")


def with_gershayim(text: str) -> str:
    """The text with geresh and gershayim for quotation marks between Hebrew letters."""
    return HEBREW_QUOTE.sub(lambda found: "״" if found[0] == '"' else "׳", text)


def topic_name(raw: str) -> str | None:
    """The normal form of a hashtag ("#Tidal_Ecology" is "tidal_ecology"); None if it is not valid.

    It has up to 60 letters, digits, marks, underscores and signs that join letters, and at least one letter.
    Underscores at the ends are removed, as they are emphasis there.
    """
    if len(raw) > 4 * TOPIC_LENGTH:
        return None
    name = fold(with_gershayim(raw.strip()).replace("～", "〜")).removeprefix("#").strip("_")
    if not 0 < len(name) <= TOPIC_LENGTH or not name[0].isalnum() or thin(name) != name:
        return None
    if not all(char == "_" or is_letter_or_mark(char) or joins(name, i) for i, char in enumerate(name)):
        return None
    return name if any(map(str.isalpha, name)) else None
