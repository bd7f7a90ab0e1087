"""The targets of the Makefile that nothing else runs, on a copy of the repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pages import ROOT

OTHERS = shutil.ignore_patterns(".*", "__pycache__", "build", "docs", "*.egg-info")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository, with the environment that the tests run in."""
    directory = tmp_path / "copy"
    shutil.copytree(ROOT, directory, ignore=OTHERS)
    (directory / ".venv").symlink_to(sys.prefix)
    return directory


def make(target: str, directory: Path) -> None:
    # The environment is not built anew, whatever the copy made of the times of its files.
    done = subprocess.run(
        ["make", "-o", "setup", target], cwd=directory, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_format_formats_and_repairs(copy: Path) -> None:
    (copy / "handler" / "clock.py").write_text("import sys\nx = { 'a':1 }\n")
    make("format", copy)
    assert (copy / "handler" / "clock.py").read_text().endswith('\n\nx = {"a": 1}\n')


def test_make_schema_writes_what_is_committed(copy: Path) -> None:
    schema = copy / "plugin" / "schema.json"
    schema.unlink()
    make("schema", copy)
    assert schema.read_bytes() == (ROOT / "plugin" / "schema.json").read_bytes()


def test_make_clean_removes_the_environment_and_the_caches(copy: Path) -> None:
    (copy / "handler" / "__pycache__").mkdir()
    (copy / "build").mkdir()
    make("clean", copy)
    assert not (copy / ".venv").exists()
    assert not (copy / "handler" / "__pycache__").exists()
    assert not (copy / "build").exists()
    assert Path(sys.prefix).is_dir()
