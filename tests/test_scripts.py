"""Scripts are few and small. There is no build step: the written files are the loaded ones."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from network.settings import STORAGES

SCRIPTS = settings.ROOT / "static" / "js"
# Reconnecting, three transports, tabs and pings take 7 KiB of it, times in the reader's zone and marks that are
# loaded again after Back 6, and what each page would say of htmx half a KiB. keyboard.js is loaded only where it
# is enabled.
LARGEST = 29 * 1024
ON_SOME_PAGES = {"keyboard.js"}  # only for people who enabled it


def with_imports(name: str) -> set[str]:
    """A script and all that it imports, itself or by what it imports."""
    others = re.findall(r'^import (?:.* from )?"\./([\w.]+)"', (SCRIPTS / name).read_text(), re.MULTILINE)
    return {name}.union(*map(with_imports, others))


def test_the_scripts_of_an_ordinary_page_are_small() -> None:
    templates = [settings.ROOT / "templates" / name for name in ("base.html", "head.html")]
    page = "".join(path.read_text() for path in templates)
    loaded = set(re.findall(r"static 'js/([\w.]+)'", page)) - ON_SOME_PAGES
    loaded = set().union(*map(with_imports, loaded))
    assert {"connection.js", "live.js", "marks.js", "transports.js"} <= loaded
    assert sum((SCRIPTS / name).stat().st_size for name in loaded) <= LARGEST


def test_each_script_is_short() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in SCRIPTS.glob("*.js")}
    assert {name: lines for name, lines in lengths.items() if lines >= 150} == {}


def test_an_import_has_the_version_of_the_imported_file(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
        script = tmp_path / staticfiles_storage.stored_name("js/connection.js")
        (name,) = re.findall(r'from "\./([\w.]+)"', script.read_text())
        assert tmp_path / "js" / name == tmp_path / staticfiles_storage.stored_name("js/transports.js")
        assert name != "transports.js"
