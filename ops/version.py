"""The version, read where it is written: the tool only ever runs from a checkout."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version() -> str:
    """The project's version, e.g. ``0.1.0``."""
    file = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return str(tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"])
