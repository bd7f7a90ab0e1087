"""The function's archive: which files, byte by byte the same."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from components.archive import HANDLER, archive_files, zip_bytes


def package(root: Path) -> Path:
    folder = root / "handler"
    (folder / "policy").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "entry.py").write_text("def handle(): ...\n")
    (folder / "policy" / "tag.py").write_text("x = 1\n")
    return folder


def test_the_archive_holds_every_module_of_the_handler_under_its_package_name() -> None:
    root = Path(__file__).resolve().parents[2]
    modules = {path.relative_to(root).as_posix() for path in (root / "handler").rglob("*.py")}
    assert set(archive_files()) == modules
    module, _, function = HANDLER.rpartition(".")
    assert f"def {function}(" in archive_files()[f"{module.replace('.', '/')}.py"].read_text()


def test_the_archive_leaves_out_what_is_no_module(tmp_path: Path) -> None:
    folder = package(tmp_path)
    before = zip_bytes(folder)
    (folder / "__pycache__").mkdir()
    for name in ("__pycache__/entry.cpython-313.pyc", "notes.txt", ".#entry.py", "entry.py~", "a b.py"):
        (folder / name).write_text("leftover")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.py").write_text("leftover")
    assert list(archive_files(folder)) == [
        "handler/__init__.py",
        "handler/entry.py",
        "handler/policy/tag.py",
    ]
    assert zip_bytes(folder) == before


def test_the_archive_is_the_same_whatever_the_times_permissions_and_place_of_the_files(
    tmp_path: Path,
) -> None:
    one, two = package(tmp_path / "one"), package(tmp_path / "elsewhere" / "two")
    for path in two.rglob("*.py"):
        os.utime(path, (1, 1_000_000_000))
        path.chmod(0o600)
    assert zip_bytes(one) == zip_bytes(two)


@pytest.mark.parametrize("change", ["content", "name"])
def test_a_change_to_a_module_changes_the_archive(tmp_path: Path, change: str) -> None:
    folder = package(tmp_path)
    before = zip_bytes(folder)
    if change == "content":
        (folder / "entry.py").write_text("def handle(): return 1\n")
    else:
        (folder / "entry.py").rename(folder / "entry2.py")
    assert zip_bytes(folder) != before


def test_the_archive_unpacks_to_the_files_readable_by_everyone() -> None:
    with zipfile.ZipFile(io.BytesIO(zip_bytes())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: path.read_bytes() for name, path in archive_files().items()
        }
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
