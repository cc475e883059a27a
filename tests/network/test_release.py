"""The release that runs is told by what pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from network.release import SOURCES, release


@pytest.fixture
def site(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """A site with a file in each folder that makes pages."""
    for folder in SOURCES:
        (tmp_path / folder / "inside").mkdir(parents=True)
        (tmp_path / folder / "inside" / "file").write_text("one")
    settings.ROOT = tmp_path
    release.cache_clear()
    yield tmp_path
    release.cache_clear()


@pytest.mark.parametrize("folder", SOURCES)
def test_another_file_makes_another_release(site: Path, folder: str) -> None:
    before, file = release(), site / folder / "inside" / "file"
    for change in (lambda: file.write_text("two"), lambda: file.rename(file.with_name("name"))):
        change()
        release.cache_clear()
        assert release() != before
        before = release()


def test_compiled_files_make_no_other_release(site: Path) -> None:
    before = release()
    (site / SOURCES[-1] / "inside" / "file.pyc").write_text("one")
    release.cache_clear()
    assert release() == before


@pytest.mark.django_db
def test_a_page_says_its_release() -> None:
    [said] = re.findall(r'data-release="([^"]*)"', Client().get("/about").content.decode())
    assert said == release()
    assert re.fullmatch(r"[0-9a-f]{12}", said)
