"""The texts of the site use plain words: none that only its developers understand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import templatize

PLACE = re.compile(r"%\(\w+\)s")  # a placeholder for a name or a number
TRANSLATED = {"_", "lazy", "gettext", "gettext_lazy", "ngettext"}
ODD = re.compile(
    r"\bhandles?\b|\bwhoever\b|what of it|\bholds? (?:for|from)\b|\be-mail|unwanted mail"
    r"|told of this|\bmend\b|^not yours|is not yours|\bnot for you\b|passe[sd]? on\b|fold it\b",
    re.I,
)


def sentences() -> Iterator[tuple[Path, str]]:
    """All texts of pages, forms and refusals."""
    for path in settings.ROOT.glob("templates/**/*.*"):
        source = templatize(path.read_text())
        for said in re.findall(r"""gettext\w*\(u?(['"])(.*?)\1\s*[,)]""", source, re.S):
            yield path, said[1]
    for room in ("network", "feeds", "realtime", "safety"):
        for path in (settings.ROOT / room).rglob("*.py"):
            yield from ((path, said) for said in _said_in(path))


def _said_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATED:
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and arg.value)


def test_the_texts_are_found() -> None:
    said = [words for _path, words in sentences()]
    assert len(said) > 500
    assert "Pause new comments" in said
    assert "Username or email" in said


def test_no_text_uses_a_word_of_the_developers() -> None:
    odd = [
        f"{path.relative_to(settings.ROOT)}: {said}"
        for path, said in sentences()
        if ODD.search(PLACE.sub("", said))
    ]
    assert not odd, "\n".join(odd)
