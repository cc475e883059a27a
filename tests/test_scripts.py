"""Scripts are few and small: there is no build step, so what is written is what is loaded."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

SCRIPTS = settings.ROOT / "static" / "js"
# Before pages shared a line it was 15 KiB. The line brought reconnecting, its three ways and its tabs; keys came to
# be loaded by those alone who switched them on.
LARGEST = 20 * 1024
ON_SOME_PAGES = {"keyboard.js"}  # for those who switched it on


def test_an_ordinary_page_loads_little() -> None:
    page = (Path(settings.ROOT) / "templates" / "base.html").read_text()
    loaded = set(re.findall(r"static 'js/([\w.]+)'", page)) - ON_SOME_PAGES
    assert {"line.js", "live.js"} <= loaded
    assert sum((SCRIPTS / name).stat().st_size for name in loaded) <= LARGEST


def test_each_script_is_short() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in SCRIPTS.glob("*.js")}
    assert {name: lines for name, lines in lengths.items() if lines >= 150} == {}
