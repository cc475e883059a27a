"""Templates are loaded without indentation, and nothing that is seen or translated changes by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from network.template_loader import BLOCKS, flat

TEMPLATES = sorted((settings.ROOT / "templates").rglob("*.html"))
TRANSLATED = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.DOTALL)


@pytest.mark.parametrize(
    ("source", "loaded"),
    [
        ("<p>\n  One\n  <b>two</b>\n</p>\n", "<p>One\n<b>two</b></p>"),
        (
            "{% if a %}\n  <ul>\n    <li>x</li>\n  </ul>\n{% endif %}",
            "{% if a %}<ul><li>x</li></ul>{% endif %}",
        ),
        ("<b>one</b>  <i>two</i>", "<b>one</b>  <i>two</i>"),
        ("<pre>\n  as it is\n\n</pre>\n<b>x</b>", "<pre>\n  as it is\n\n</pre>\n<b>x</b>"),
        ("<textarea>\n  a\n</textarea>", "<textarea>\n  a\n</textarea>"),
        ("<link rel='x'>\n  <param>", "<link rel='x'>\n<param>"),
        ("a\n<p{% if a > b %} class='c'{% endif %}>\n  x", "a<p{% if a > b %} class='c'{% endif %}>x"),
        ("<p {% if a > b %}id='{{ c }}'{% endif %}>\n  x", "<p {% if a > b %}id='{{ c }}'{% endif %}>x"),
    ],
)
def test_what_is_left_of_a_source(source: str, loaded: str) -> None:
    assert flat(source) == loaded


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_only_whitespace_is_left_out_and_none_in_tags(path: Path) -> None:
    source = path.read_text()
    assert re.findall(r"{[%{].*?[%}]}", flat(source)) == re.findall(r"{[%{].*?[%}]}", source)
    assert "".join(flat(source).split()) == "".join(source.split())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_translators_get_is_what_pages_look_up(path: Path) -> None:
    for translated in TRANSLATED.findall(path.read_text()):
        assert not re.search(rf"</?({BLOCKS})[\s>{{]", translated)
        assert "\n" not in translated or " trimmed" in translated.split("%}")[0]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_comment_ends_on_its_line(path: Path) -> None:
    """Otherwise Django shows it to people."""
    assert not re.search(r"{#(?:(?!#}).)*$", path.read_text(), re.MULTILINE)


def test_only_pages_are_loaded_flat() -> None:
    page, mail = get_template("posts/_menu.html"), get_template("mail/notices.txt")
    assert page.template.source == flat((settings.ROOT / "templates/posts/_menu.html").read_text())
    assert mail.template.source == (settings.ROOT / "templates/mail/notices.txt").read_text()
