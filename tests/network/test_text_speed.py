"""Speed: no text that may be submitted occupies a process for long."""

import time

import pytest

from network.text import POST, clean, excerpt, parse, render, words

UNITS = [
    *(">", "> ", "- ", "-\n", "1. ", "\n", "a\n", "``` \n", "`", "*", "**", "*a", "*a_", "**a*", "_a "),
    *("~~a ", "[", "![", "]", "[]", "[](", "[a](https://b.example) ", "[*a](_", "(", "<", "<a", "<http://"),
    *("://", "http://", "http://[", "https://a", "https://a ", "https://a.b/(", "https://a.b/[", "字", "ﷺ"),
    *("\\", "&", "@", "@a", "@a ", "@a.", "@a@b.c ", "#", "#a ", "#a_", "#\u0301"),
]  # fmt: skip


def shown(text: str) -> str:
    return render(text, mentions={"a": "/@a"}, topics={"a": "/topics/a"})


@pytest.mark.parametrize("read", [shown, parse, words, excerpt])
@pytest.mark.parametrize("unit", UNITS)
def test_five_thousand_hostile_characters_are_processed_quickly(unit, read):
    text = clean((unit * 5000)[:5000], limit=POST, required=False)
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("mark", [">", "[", "*", "`", "- "])
def test_ten_thousand_levels_do_not_fail(mark):
    shown(mark * 10_000 + " deep")
    shown("\n".join(mark * depth + "x" for depth in range(100)))
