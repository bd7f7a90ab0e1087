"""What the shell proposes for the values of options; nothing when the stack's files can't be read.

The shell runs the tool at each press of Tab, so a proposal reads files and never calls AWS.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from components.problems import ConfigErrors
from ops.errors import OpsError
from ops.pulumi_files.project import PROJECT_FILE, read_project
from ops.stack import find_project, open_stack, stacks_in


def stack_names(context: typer.Context, incomplete: str) -> list[str]:
    """The stacks that have a file."""
    try:
        root = find_project(_directory(context.params))
        return _starting(stacks_in(read_project(root / PROJECT_FILE).directory), incomplete)
    except (OpsError, ConfigErrors):
        return []


def pair_names(context: typer.Context, incomplete: str) -> list[str]:
    """The pairs of the stack that the words before mean."""
    given = context.params
    directory, config = _directory(given), _file(given.get("config"))
    try:
        stack = open_stack(directory, chosen=given.get("stack"), environment=os.environ, config=config)
    except OpsError:
        return []
    return _starting(stack.config.pairs, incomplete)


def _directory(params: Mapping[str, Any]) -> Path:
    return Path(params.get("cwd") or ".")


def _file(value: Any) -> Path | None:
    # Standard input is the shell's own while it completes.
    return Path(value) if value and str(value) != "-" else None


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
