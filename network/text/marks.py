"""Combining marks. A letter has a few; a pile of them would cover the lines above and below."""

import unicodedata

MOST_MARKS = 4  # Unicode TR39, 5.4


def thin(text: str) -> str:
    """The text with at most MOST_MARKS combining marks for each letter, and none without a letter."""
    if text.isascii():
        return text
    kept, marks = [], MOST_MARKS
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
        else:
            marks = MOST_MARKS if char.isspace() else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)
