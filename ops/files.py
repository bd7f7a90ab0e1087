"""Reading the files that describe a stack."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ops.errors import StackError


def read_mapping(file: Path) -> dict[str, Any]:
    """A YAML file that holds a map. Raises StackError."""
    try:
        content = yaml.safe_load(_text(file))
    except yaml.YAMLError as error:
        raise StackError(f"{file} is no YAML: {error}", remedy="repair the file") from error
    if not isinstance(content, dict):
        raise StackError(f"{file}: expected a map, found {type(content).__name__}", remedy="repair the file")
    return content


def exported_values(file: Path, *, remedy: str) -> Mapping[str, dict[str, Any]]:
    """A file with ``{key: {"value": …, "secret": …, "objectValue": …}}``; ``-`` is standard input.

    Each entry that is returned has a value. Raises StackError, with ``remedy``.
    """
    name = "standard input" if str(file) == "-" else str(file)
    try:
        content = json.loads(sys.stdin.read() if str(file) == "-" else _text(file))
    except ValueError as error:
        raise StackError(f"{name} is no JSON: {error}", remedy=remedy) from error
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
    return (sys.stdin.read() if str(file) == "-" else _text(file)).splitlines()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise StackError(
            f"can't read {file}: {reason}", remedy="check the path and its permissions"
        ) from error
