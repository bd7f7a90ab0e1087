"""Pulumi.yaml: the project's name, where the stacks' files are, and the keys that it declares.

What else stands there is not looked at. The rules are those of the engine's sdk/go/common/workspace, in
project.go, paths.go and loaders.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from components.problems import ConfigErrors, Problem, describe
from ops.errors import StackError
from ops.files import read_bytes
from ops.pulumi_files.declaration import Declaration, DeclarationError, declaration_of
from ops.pulumi_files.document import Document, OddKey, YamlError, read_yaml

PROJECT_FILE = "Pulumi.yaml"

# With config in it, it is a key of an old version of Pulumi.
_KEY = re.compile(r"([^:]*):(?:config:)?([^:]*)")


@dataclass(frozen=True)
class Project:
    """``root`` has Pulumi.yaml, ``directory`` the stacks' files; ``declared`` is by full key."""

    name: str
    root: Path
    directory: Path
    declared: Mapping[str, Declaration]

    def full_key(self, key: str) -> str | None:
        """The key with its namespace, which is the project's own for a bare one; None for what is no key."""
        if ":" not in key:
            return f"{self.name}:{key}"
        found = _KEY.fullmatch(key)
        return f"{found[1]}:{found[2]}" if found else None


def read_project(file: Path) -> Project:
    """Reads Pulumi.yaml. Raises StackError, and ConfigErrors for a key that is declared wrongly."""
    document = read_document(file)
    content = document.value
    if not isinstance(content, dict) or any(isinstance(key, OddKey) for key in content):
        raise StackError(f"{file}: expected a map, found {describe(content)}", remedy="repair the file")
    name, config = content.get("name"), content.get("config")
    if not isinstance(name, str) or not name:
        raise StackError(f"{file}: name is {describe(name)}", remedy="name the project there")
    # Old versions of Pulumi had a folder as config.
    folder = config if isinstance(config, str) else content.get("stackConfigDir")
    if not isinstance(folder, str | None) or (isinstance(config, str) and "stackConfigDir" in content):
        raise StackError(
            f"{file} does not say in which folder the stacks' files are",
            remedy="write it as stackConfigDir, and as nothing else, or leave that out",
        )
    if not isinstance(config, dict | str | None):
        raise StackError(f"{file}: config is {describe(config)}", remedy="write a map of keys")
    # A path from the root is one below the project all the same.
    project = Project(name, file.parent, file.parent / (folder or "").lstrip("/"), {})
    declared = {} if isinstance(config, str) else _declared(project, config or {}, document, file)
    return replace(project, declared=declared)


def read_document(file: Path) -> Document:
    """A YAML file. Raises StackError."""
    try:
        return read_yaml(read_bytes(file))
    except YamlError as error:
        raise StackError(
            f"{file}, line {error.line}: {error.problem}",
            remedy="repair the line; Pulumi refuses the file as well",
        ) from error


def _declared(
    project: Project, config: Mapping[str | OddKey, Any], document: Document, file: Path
) -> dict[str, Declaration]:
    declared = {}
    problems = []
    for key, given in config.items():
        try:
            full = _full_key(project, key)
            declared[full] = declaration_of(given, own=full.startswith(f"{project.name}:"))
        except DeclarationError as wrong:
            problems.append(
                Problem(
                    key=str(key),
                    found=wrong.found,
                    expected=wrong.expected,
                    remedy=wrong.remedy,
                    place=f"{file.name}, line {document.lines.get(('config', str(key)), 1)}",
                )
            )
    if problems:
        raise ConfigErrors(problems)
    return declared


def _full_key(project: Project, key: str | OddKey) -> str:
    full = project.full_key(key) if isinstance(key, str) else None
    if full is None:
        raise DeclarationError("a key that is none", "KEY or NAMESPACE:KEY")
    return full
