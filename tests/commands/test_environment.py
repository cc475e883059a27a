"""Kith's own Python environment is made once, and updated when the locks change."""

import subprocess
from pathlib import Path

import pytest

from commands import environment


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Kith without required packages. Returns the path where its environment will be."""
    (tmp_path / environment.RUN).write_text("# nothing yet\n")
    (tmp_path / environment.TEST).write_text("# nothing yet\n")
    venv = tmp_path / "var" / "venv"
    monkeypatch.delenv("KITH_VENV", raising=False)
    monkeypatch.delenv("PYTHONWARNINGS", raising=False)  # pip, which Python ships, has warnings of its own
    monkeypatch.setattr(environment, "ROOT", str(tmp_path))
    monkeypatch.setattr(environment, "VENV", str(venv))
    monkeypatch.setattr(environment, "PYTHON", str(venv / "bin" / "python"))
    return venv


def test_it_is_made_once_and_updated_when_a_lock_changes(
    bare: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environment.prepare(environment.TEST)
    assert subprocess.check_output([environment.PYTHON, "-c", "print(6 * 7)"]) == b"42\n"
    assert "Making a Python environment" in capfd.readouterr().err

    environment.prepare(environment.RUN)
    assert capfd.readouterr().err == ""

    (bare.parent.parent / environment.RUN).write_text("# changed\n")
    environment.prepare(environment.RUN)
    said = capfd.readouterr().err
    assert "Installing" in said
    assert "Making" not in said

    package = bare.parent.parent / "tiny-1.0-py3-none-any.whl"
    package.write_bytes(b"not what was locked")
    lock = bare.parent.parent / environment.RUN
    lock.write_text(f"tiny @ {package.as_uri()} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(environment.Stop, match=r"(?s)HASHES.*did not work"):
        environment.prepare(environment.RUN)
    assert not environment.is_current(environment.RUN)


@pytest.mark.slow
def test_an_environment_of_another_python_is_replaced(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    environment.prepare(environment.RUN)
    environment.stamp("python", "3.0")
    environment.stamp(environment.RUN, "of that time")
    capfd.readouterr()
    environment.prepare(environment.RUN)
    assert "Making a Python environment" in capfd.readouterr().err
    assert environment.stamped("python") == environment.python_version()


def test_a_named_environment_is_used_unchanged(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_VENV", str(bare))
    with pytest.raises(environment.Stop, match="KITH_VENV names no Python environment"):
        environment.prepare(environment.RUN)
    assert not bare.exists()


def test_the_locks_agree_and_name_no_package_index() -> None:
    root = Path(__file__).parents[2]
    run, test = ((root / name).read_text() for name in (environment.RUN, environment.TEST))
    assert "://" not in run + test
    pinned = {line.split(" ")[0] for line in run.splitlines() if "==" in line and line[0].isalnum()}
    assert pinned <= {line.split(" ")[0] for line in test.splitlines()}
    assert len(pinned) > 30


def test_only_its_owner_can_read_a_private_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True, mode=0o755)
    environment.make_private_folder(str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
