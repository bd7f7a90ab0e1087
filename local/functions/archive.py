"""The zip that Lambda gets from what a Pulumi program gives as ``code``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi

from local.inputs import UnknownResource


def zip_of(code: Any) -> bytes:
    """The bytes of the zip; raises UnknownResource for code that cannot be read here."""
    if isinstance(code, pulumi.FileArchive) and Path(code.path).is_file():
        return Path(code.path).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(_members(code)):
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _members(code: Any, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    if isinstance(code, pulumi.AssetArchive):
        for name, asset in code.assets.items():
            yield from _members(asset, f"{prefix}/{name}" if prefix else name)
    elif isinstance(code, pulumi.FileAsset):
        yield prefix, Path(code.path).read_bytes()
    elif isinstance(code, pulumi.StringAsset):
        yield prefix, code.text.encode()
    elif isinstance(code, pulumi.FileArchive):
        for path in Path(code.path).rglob("*"):
            if path.is_file():
                name = path.relative_to(code.path).as_posix()
                yield f"{prefix}/{name}" if prefix else name, path.read_bytes()
    else:
        raise UnknownResource(f"the local cloud cannot read code of type {type(code).__name__}")
