"""Emphasis and strikethrough next to scripts without spaces.

In CommonMark, spaces and punctuation decide whether a run of marks opens or closes emphasis. The second run
in "**「重要」**です" is between punctuation and a letter, so it would close nothing.

Here, a letter of a script without spaces counts as a space. This is the rule of the amendment "CJK-friendly
emphasis" to CommonMark (2024), also applied to Thai, Lao, Khmer and Myanmar.
"""

import re

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from network.text.folding import UNSPACED

NO_SPACE_NEEDED = re.compile(f"[{UNSPACED}\uac00-\ud7a3]")


def mark(state: StateInline, silent: bool) -> bool:
    """Read a run of "*", "_" or "~~" as delimiters. The rules of markdown-it pair them afterwards."""
    sign = state.src[state.pos]
    if silent or sign not in ("*", "_", "~"):
        return False
    run = state.scanDelims(state.pos, sign != "_")
    width = 2 if sign == "~" else 1
    if run.length < width:
        return False
    opens, closes = run.can_open, run.can_close
    if sign != "_":
        before = state.src[state.pos - 1 : state.pos]
        after = state.src[state.pos + run.length : state.posMax][:1]
        opens = opens or bool(after.strip() and NO_SPACE_NEEDED.match(before))
        closes = closes or bool(before.strip() and NO_SPACE_NEEDED.match(after))
    if run.length % width:
        state.push("text", "", 0).content = sign
    for _ in range(run.length // width):
        state.push("text", "", 0).content = sign * width
        state.delimiters.append(
            Delimiter(
                marker=ord(sign),
                length=0 if sign == "~" else run.length,  # the "rule of three" is for emphasis alone
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos += run.length
    return True
