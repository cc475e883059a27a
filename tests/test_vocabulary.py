"""The code has one vocabulary: no old name of docs/names.md comes back, and the glossary has each term once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.support.vocabulary import KINDS, NAMES, Old, old_names, read_table

ROOT = Path(settings.ROOT)

# A file with an old name, and the name that must be found in it.
PLANTED = {
    ("network/actions/letters_of.py", "def owe(post): ..."): "owe",
    ("feeds/delivery/outbox.py", "what_is_owed = 1"): "what_is_owed",
    ("feeds/delivery/queue.py", "send(owed=[])"): "owed",
    ("feeds/delivery/more.py", "def send(row, is_owed=False): ..."): "is_owed",
    ("realtime/hub/replay.py", "class Reader: ..."): "Reader",
    ("tests/realtime/hub/test_replay.py", "class _Reader: ..."): "Reader",
    ("bench/cases/live.py", "from realtime.connections.registry import Reader"): "Reader",
    ("realtime/hub/switchboard.py", "connection.held = True"): "held",
    ("network/queries/rights.py", "def wants(person): ..."): "wants",
    ("network/queries/compiled.py", "from network.queries.parameters import among as _within"): "among",
    ("network/queries/sql.py", "from network.queries.parameters import among"): "among",
    ("feeds/meters.py", ""): "meters",
    ("realtime/door/__init__.py", ""): "door",
    ("realtime/endpoints/views.py", "from realtime.strangers import limits"): "strangers",
    ("static/js/voice.js", ""): "voice",
    ("static/js/live.js", "const ears = {};"): "ears",
    ("static/js/marks.js", 'document.querySelector("[data-hold]")'): "data-hold",
    ("static/js/reply.js", "button.dataset.liveSaid = 1"): "data-live-said",
    ("static/kith.css", "@layer parts { .tied::before { color: red; } }"): "tied",
    ("templates/posts/_card.html", '<p class="soft {% if x %}tied{% endif %}">'): "tied",
    ("templates/posts/_poll.html", '{% icon "alert" "i mk" %}'): "mk",
    ("templates/posts/_text.html", '{% avatar it.author "s out" %}'): "out",
    ("network/templatetags/cards.py", "html = '<ol class=" + '"list kids"' + ">'"): "kids",
    ("templates/posts/_acts.html", "<button data-says='x'>"): "data-says",
    ("templates/posts/_menu.html", "{% if card.is_owed %}{% endif %}"): "is_owed",
}
# Files with the same words in their ordinary meaning.
GOOD = {
    "network/models/people.py": "class Person:\n    wants = 1\n\nperson.wants",
    "tests/feeds/test_outbox.py": "def test_what_is_owed_is_delivered(): ...",
    "network/actions/locking.py": "def hold(row): ...",
    "network/migrations/0001_owed.py": "def owe(apps): ...",
    "feeds/cursors.py": '"""What is owed."""  # told',
    "static/js/composer.js": "const words = `say ${name}` + 'hear'; // tell",
    "tests/feeds/timelines/test_store.py": "pytest.mark.slow",
    "static/kith.css": "/* .tied */ .card { inset: 0 }",
    "templates/home/home.html": "{# owed #}{% translate 'What is owed' %}",
}


def write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def table() -> list[Old]:
    return read_table((ROOT / NAMES).read_text())


def test_no_old_name_is_in_the_code() -> None:
    assert old_names(ROOT, table()) == []


def test_each_row_of_the_table_is_read() -> None:
    rows = [line for line in (ROOT / NAMES).read_text().splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`([\w-]+)`", row.split(" | ")[0])]
    assert [old.name for old in table()] == names
    assert {old.kind for old in table()} == set(KINDS)


@pytest.mark.parametrize(("path", "text"), PLANTED, ids=[path for path, _text in PLANTED])
def test_an_old_name_is_found(path: str, text: str, tmp_path: Path) -> None:
    write(tmp_path, path, text)
    found = {line.split(": ", 1)[1].split(" (")[0] for line in old_names(tmp_path, table())}
    assert found == {PLANTED[path, text]}


def test_a_word_in_its_ordinary_meaning_is_not_found(tmp_path: Path) -> None:
    for path, text in GOOD.items():
        write(tmp_path, path, text)
    assert old_names(tmp_path, table()) == []
