"""Likeness: whether names can be taken for each other, by the skeletons of Unicode Technical Standard 39."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from network.text.folding import INVISIBLE, is_letter_or_mark
from network.text.searching import ACCENTS

# Read as letters where somebody wants to be taken for an administrator. TR39 has 0 and 1 already.
_AS_LETTERS = str.maketrans("i3457@$!", "leastasl")


def skeleton(name: str) -> str:
    """What names have in common that look the same: "Noor", "n00r" and "nооr" (in Cyrillic) all give "noor".

    TR39's skeleton with case folded. For comparing alone: "m" gives "rn".
    """
    while (once := _prototype(_prototype(name).casefold())) != name:
        name = once
    return name


def reading(name: str) -> str:
    """A coarser skeleton, of letters without accents, digits read as letters: "4dm.ín" is as "admin"."""
    plain = unicodedata.normalize("NFKD", name)  # full width, circled and raised letters
    read = ACCENTS.sub("", skeleton(plain).translate(_AS_LETTERS))
    return "".join(char for char in read if is_letter_or_mark(char) and not char.isdigit())


def readings(name: str) -> set[str]:
    """The readings of a name's words, without numbers: "Kith Admin 2" has those of "kith" and "admin"."""
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
