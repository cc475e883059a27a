"""Static files are collected beside those of former versions, which pages and servers may still need."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import override_settings

from commands import prepare
from network.settings import ROOT, STORAGES


def test_files_of_former_versions_stay_and_copies_are_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (ROOT / "static" / "kith.css").read_text()
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=STORAGES):
        former = [tmp_path / "js" / f"live.0123456789ab.js{end}" for end in ("", ".gz")]
        copy = tmp_path / "kith.css"
        former[0].parent.mkdir()
        for path in (*former, copy):
            path.write_text("former")
        tomorrow = time.time() + 24 * 3600
        os.utime(copy, (tomorrow, tomorrow))
        prepare.collect_static()
        assert [path.read_text() for path in former] == ["former", "former"]
        assert copy.read_text() == source
        hashed = Path(staticfiles_storage.path(staticfiles_storage.stored_name("kith.css")))
        assert hashed.exists()
        assert hashed != copy
        prepare.collect_static()
    assert capsys.readouterr().err.count("Preparing scripts") == 1
