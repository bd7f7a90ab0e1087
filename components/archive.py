"""The handler's archive: which files, under which names, with the same bytes every time.

The package keeps its name, so the Lambda handler is ``handler.entry.handle``.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import handler

HANDLER = "handler.entry.handle"
# What Lambda runs it with; docs/operations.md says how to move on.
RUNTIME = "python3.13"
_PACKAGE = Path(handler.__file__).resolve().parent
# A zip cannot say an earlier time.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644


def archive_files(package: Path = _PACKAGE) -> dict[str, Path]:
    """Name in the archive -> file, sorted by name: every module of the package and nothing else.

    Caches, editors' leftovers and hidden files are no modules.
    """
    files = {
        path.relative_to(package.parent).as_posix(): path
        for path in package.rglob("*.py")
        if all(part.removesuffix(".py").isidentifier() for part in path.relative_to(package).parts)
    }
    return dict(sorted(files.items()))


def zip_bytes(package: Path = _PACKAGE) -> bytes:
    """The archive as a zip: no timestamps, no permissions of this machine: equal files, equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in archive_files(package).items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = _READABLE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
