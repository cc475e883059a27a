"""Look-alike names, by the skeletons of Unicode Technical Standard 39."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from network.text.folding import INVISIBLE, is_letter_or_mark
from network.text.searching import ACCENTS

# Digits and signs that are used for letters to imitate an administrator. TR39 has 0 and 1.
_AS_LETTERS = str.maketrans("i3457@$!", "leastasl")


def skeleton(name: str) -> str:
    """The same for all names that look alike: "Noor", "n00r" and "nооr" (in Cyrillic) give "noor".

    The skeleton of TR39, with case folded. Only for comparing: "m" gives "rn".
    """
    while (once := _prototype(_prototype(name).casefold())) != name:
        name = once
    return name


def reading(name: str) -> str:
    """A coarser skeleton, without accents and with digits as letters: "4dm.ín" gives the same as "admin"."""
    plain = unicodedata.normalize("NFKD", name)  # full width, circled and raised letters
    read = ACCENTS.sub("", skeleton(plain).translate(_AS_LETTERS))
    return "".join(char for char in read if is_letter_or_mark(char) and not char.isdigit())


def readings(name: str) -> set[str]:
    """The readings of the words of a name: "Kith Admin 2" gives those of "kith" and "admin"."""
    plain = unicodedata.normalize("NFKD", name)
    return {reading(word) for word in re.split(r"[\W\d_]+", plain)} - {""}


def _prototype(text: str) -> str:
    visible = INVISIBLE.sub("", unicodedata.normalize("NFD", text).replace("\u200b", ""))
    return unicodedata.normalize("NFD", visible.translate(_prototypes()))


@cache
def _prototypes() -> dict[int, str]:
    lines = Path(__file__).with_name("confusables.txt").read_text().splitlines()
    found: dict[int, str] = {}
    for line in lines:
        if not line.startswith("#"):
            prototype, _equals, others = line.partition(" = ")
            found |= dict.fromkeys(_characters(others), "".join(map(chr, _characters(prototype))))
    return found


def _characters(codes: str) -> list[int]:
    return [int(code, 16) for code in codes.split()]
