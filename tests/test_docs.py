"""The docs refer only to existing paths and links, and the glossary has each term once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
FOLDERS = (
    "bench",
    "bin",
    "commands",
    "deploy",
    "docs",
    "feeds",
    "network",
    "realtime",
    "safety",
    "samples",
    "static",
)
PATHS = re.compile(r"(?<![\w./-])((?:[\w.-]+/)*[\w-]+\.(?:py|js|css|html|md|conf|ini|yaml|png))(?![\w/])")
ROOMS = re.compile(rf"(?<![\w./-])((?:{'|'.join(FOLDERS)}|templates|tests)/(?:\w+/)*)(?![\w.*])")
LINKS = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def missing(text: str, page: Path, root: Path = ROOT) -> list[str]:
    """Return the paths and links of a page that do not exist. A name without a folder may be in any folder."""
    code = re.sub(r"https?://\S+", "", text)
    names = {
        path.name for folder in (*FOLDERS, "tests", "templates") for path in (root / folder).rglob("*.*")
    }
    gone = [path for path in PATHS.findall(code) if not ((root / path).exists() or path in names)]
    gone += [path for path in ROOMS.findall(code) if not (root / path).exists()]
    gone += [link for link in LINKS.findall(text) if not (page.parent / link).exists()]
    return sorted({path for path in gone if not (page.parent / path).exists()})


@pytest.mark.parametrize("page", [page for page in PAGES if page != "docs/names.md"])
def test_each_path_in_the_docs_exists(page: str) -> None:
    assert missing((ROOT / page).read_text(), ROOT / page) == []


def test_a_path_that_is_gone_is_found() -> None:
    text = "`feeds/gone.py`, `nowhere.js`, `realtime/gone/`, [this](gone.md), `feeds/tasks.py`, [that](README.md)"
    assert missing(text, ROOT / "README.md") == ["feeds/gone.py", "gone.md", "nowhere.js", "realtime/gone/"]


def test_the_glossary_has_each_term_once() -> None:
    rows = re.findall(r"^\| ([^|]+?) \| ", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    terms = [
        term.strip().lower() for row in rows for term in row.split(",") if row not in ("term", "on pages")
    ]
    assert {term: n for term, n in Counter(terms).items() if n > 1} == {}
