"""Reading files that an option names."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops.errors import OpsError, StackError


def read_json(file: Path, *, remedy: str, kind: type[OpsError] = StackError) -> Any:
    """What a JSON file holds; ``-`` is standard input. Raises ``kind``, with ``remedy`` if it is no JSON."""
    try:
        return json.loads(_text(file, kind))
    except ValueError as error:
        raise kind(f"{_name(file)} is no JSON: {error}", remedy=remedy) from error


def exported_values(file: Path, *, remedy: str) -> Mapping[str, dict[str, Any]]:
    """A file with ``{key: {"value": …, "secret": …, "objectValue": …}}``; ``-`` is standard input.

    Each entry that is returned has a value. Raises StackError, with ``remedy``.
    """
    return checked_values(read_json(file, remedy=remedy), name=_name(file), remedy=remedy)


def checked_values(content: Any, *, name: str, remedy: str) -> Mapping[str, dict[str, Any]]:
    """``content`` if it has the form that exported_values describes; ``name`` is its source in StackError."""
    if not isinstance(content, dict):
        raise StackError(f"{name} is no JSON object", remedy=remedy)
    for key, entry in content.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("value", ""), str):
            raise StackError(f"{name}: {key} holds no value object", remedy=remedy)
        if "value" not in entry and "objectValue" not in entry:
            raise StackError(
                f"{name}: {key} has no value, so it is a secret that was not shown", remedy=remedy
            )
    return content


def read_lines(file: Path) -> list[str]:
    """The lines of a text file; ``-`` is standard input. Raises StackError."""
    return _text(file).splitlines()


def _name(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def read_bytes(file: Path, kind: type[OpsError] = StackError) -> bytes:
    """What a file holds. Raises ``kind``."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise kind(
            f"can't read {file}: {error.strerror}", remedy="check the path and its permissions"
        ) from error


def _text(file: Path, kind: type[OpsError] = StackError) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    try:
        return read_bytes(file, kind).decode()
    except UnicodeDecodeError as error:
        raise kind(f"can't read {file}: it is not UTF-8", remedy="write it in UTF-8") from error
