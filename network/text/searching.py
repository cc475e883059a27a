"""Search words of names, without regard to case, accents, apostrophes and order."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from network.text.folding import UNSPACED, fold

NEEDS_NO_SPACE = re.compile(f"[{UNSPACED}]")
WORD = 80  # characters; the rest of a longer word is ignored
MOST = 8  # words in a search

# Marks that people often leave out: of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels and tatweel.
# In other scripts a mark makes another letter.
ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]"
)
# Letters with a stroke and ligatures, which Unicode does not decompose.
PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i"}
)


def search_words(name: str, *, inside: bool = False) -> set[str]:
    """The words of `name`, which a search matches by prefix; with `inside`, also by any part of a word.

    "Zoë O’Brien-Łuk" gives "zoe", "o", "brien", "luk", "obrienluk" and "zoeobrienluk".
    """
    chunks = _plain(name).split()
    words = {word for chunk in (*chunks, "".join(chunks)) for word in (*_pieces(chunk), _joined(chunk))}
    return {part for word in words for part in _parts(word[:WORD], inside)}


def sought(words: str) -> list[tuple[str, ...]]:
    """The alternatives of a search. One matches if each of its words is a prefix of a word of the name.

    Without alternatives nothing matches.
    """
    chunks = _plain(words).split()
    together = (_joined("".join(chunks)),)
    apart = tuple(map(_joined, chunks))
    pieces = tuple(piece for chunk in chunks for piece in _pieces(chunk))
    asked = (tuple(word[:WORD] for word in one if word) for one in (together, apart, pieces))
    return [one[:MOST] for one in dict.fromkeys(asked) if one]


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", fold(text)).translate(PLAIN)
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart))


def _pieces(chunk: str) -> list[str]:
    return "".join(char if _counts(char) else " " for char in chunk).split()


def _joined(chunk: str) -> str:
    return "".join(filter(_counts, chunk))


def _parts(word: str, inside: bool) -> Iterator[str]:
    """A word and its endings that a search may match. In scripts without spaces each letter begins one."""
    if word:
        yield word
    for place, (before, after) in enumerate(pairwise(word), 1):
        if NEEDS_NO_SPACE.match(after) or NEEDS_NO_SPACE.match(before) or (inside and place < len(word) - 1):
            yield word[place:]


def _counts(char: str) -> bool:
    """Whether a character counts in a search: letters, digits, their marks, and emoji."""
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc", "So")
