"""Emphasis and strikethrough beside scripts that write without spaces.

CommonMark decides by spaces and punctuation whether a run of marks opens or closes: the second run of
"**「重要」**です" stands between punctuation and a letter, so it closes nothing. Beside a letter of a script
without spaces, a run opens and closes as beside a space. The rule is that of the amendment "CJK-friendly
emphasis" to CommonMark (2024), applied to Thai, Lao, Khmer and Myanmar too.
"""

import re

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from network.text.folding import UNSPACED

NO_SPACE_NEEDED = re.compile(f"[{UNSPACED}\uac00-\ud7a3]")


def mark(state: StateInline, silent: bool) -> bool:
    """Take a run of "*", "_" or "~~" as delimiters; what pairs them afterwards is markdown-it's own."""
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
