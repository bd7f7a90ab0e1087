"""Pulumi.<stack>.yaml: the values that a program gets, with Pulumi.yaml's defaults, and by its types.

The rules are those of LoadProjectStackBytes in sdk/go/common/workspace/loaders.go, of ParseKey in
sdk/go/common/resource/config/key.go, and of mergeConfig in pkg/workspace/config.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from components.problems import ConfigErrors, Problem, describe
from ops.errors import StackError
from ops.pulumi_files.declaration import Declaration
from ops.pulumi_files.document import Document, OddKey
from ops.pulumi_files.project import PROJECT_FILE, Project, read_document
from ops.pulumi_files.scalars import UnresolvableError
from ops.pulumi_files.value import Kind, Value, value_of

_TEXTS = ("secretsprovider", "encryptedkey", "encryptionsalt")
_TRUTHS = {"yes", "no", "on", "off", "y", "n", "true", "false"}


@dataclass(frozen=True)
class StackFile:
    """``values`` are by full key, defaults included. ``imports`` tells of an ESC environment, not read here.

    ``lines`` has the line of each key of the file, ``("aws:region",)``, and of what stands below it.
    """

    name: str
    values: Mapping[str, Value]
    lines: Mapping[tuple[str, ...], int]
    imports: bool = False

    @property
    def texts(self) -> dict[str, str]:
        """Each full key with what a program gets."""
        return {key: value.text for key, value in self.values.items()}

    def located(self, problem: Problem, project: str) -> Problem:
        """The problem with its place, where the file has its key or one around it."""
        first, *more = re.findall(r"[^.\[\]]+", problem.key) or [""]
        inside = (f"{project}:pairs", problem.pair, first) if problem.pair else (f"{project}:{first}",)
        path = tuple(str(part) for part in (*inside, *more))
        for length in range(len(path), 0, -1):
            if line := self.lines.get(path[:length]):
                return replace(problem, place=f"{self.name}, line {line}")
        return problem


def read_stack(project: Project, file: Path) -> StackFile:
    """Reads a stack's file. Raises StackError when it can't be read, ConfigErrors for wrong values."""
    if not file.is_file():
        raise StackError(
            f"there is no {file.name} in {file.parent}", remedy="create it, or name another stack"
        )
    document = read_document(file)
    content = {} if document.value is None else document.value
    if not isinstance(content, dict):
        raise StackError(f"{file}: expected a map, found {describe(content)}", remedy="repair the file")
    config = content.get("config")
    for key, wrong in _wrong_parts(content):
        raise StackError(f"{file}, line {document.lines.get((key,), 1)}: {wrong}", remedy="repair the line")
    reading = _Reading(project, file.name, document)
    reading.take({} if config is None else config)
    stack = StackFile(file.name, reading.values, reading.lines, content.get("environment") not in (None, []))
    reading.judge(stack)
    return stack


def with_defaults(project: Project, config: Mapping[str, Any]) -> dict[str, str]:
    """What a program gets for a configuration that stands in no file; nothing is judged."""
    given = {project.full_key(key) or key: value_of(value).text for key, value in config.items()}
    return {key: each.default.text for key, each in project.declared.items() if each.default} | given


def _wrong_parts(content: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(key, OddKey):
            yield key.text, f"the key {key.text} is no string"
        elif key == "config" and not isinstance(value, dict | None):
            yield key, f"config is {describe(value)}, expected a map of keys"
        elif key in _TEXTS and isinstance(value, dict | list):
            yield key, f"{key} is {describe(value)}, expected a string"


class _Reading:
    def __init__(self, project: Project, file: str, document: Document) -> None:
        self._project = project
        self._file = file
        self._document = document
        self._problems: list[Problem] = []
        self.values: dict[str, Value] = {}
        self.lines: dict[tuple[str, ...], int] = {}

    def take(self, config: Mapping[str | OddKey, Any]) -> None:
        """The file's own values, by full key."""
        odd = [key for key in config if isinstance(key, OddKey)]
        written: dict[str, str] = {}
        for key, given in config.items():
            if isinstance(key, OddKey):
                if key.kind != "NoneType":  # the engine passes over that one
                    self._refuse(key.text, "a key that is no string", "a string", "put quotes around it")
                continue
            full = self._project.full_key(key)
            if full is None or (odd and ":" not in key):
                self._refuse(
                    key, "a key that is none", "KEY or NAMESPACE:KEY", f"write {self._project.name}:KEY"
                )
            elif full in written:
                self._refuse(key, f"what {written[full]} sets too", "it once", "remove one of the two")
            else:
                written[full] = key
                self._take(full, key, given)

    def _take(self, full: str, key: str, given: Any) -> None:
        for path, line in self._document.lines.items():
            if path[:2] == ("config", key):
                self.lines[(full, *path[2:])] = line
        try:
            self.values[full] = value_of(given)
        except UnresolvableError as error:
            self._refuse(key, str(error), "what JSON can hold", "put quotes around it")

    def judge(self, stack: StackFile) -> None:
        """Adds the defaults. Raises ConfigErrors for what is missing, of another type, or no key."""
        for key, declared in self._project.declared.items():
            if key not in self.values and declared.default:
                self.values[key] = declared.default
            value = self.values.get(key)
            if value:
                place = "" if (key,) in self.lines else PROJECT_FILE
                self._problems += [replace(each, place=place) for each in _misfits(key, declared, value)]
            elif (key,) not in self.lines and not stack.imports and key.startswith(f"{self._project.name}:"):
                self._problems.append(_missing(key, declared, stack.name))
        if self._problems:
            raise ConfigErrors(
                [each if each.place else stack.located(each, self._project.name) for each in self._problems]
            )

    def _refuse(self, key: str, found: str, expected: str, remedy: str) -> None:
        place = f"{self._file}, line {self._document.lines.get(('config', key), 1)}"
        self._problems.append(Problem(place=place, key=key, found=found, expected=expected, remedy=remedy))


def _missing(key: str, declared: Declaration, file: str) -> Problem:
    name = key.partition(":")[2]
    expected = str(declared.kind) if declared.kind else "a value"
    about = f": {declared.description}" if declared.description else ""
    return Problem(key=name, found="nothing", expected=expected, remedy=f"set {key} in {file}{about}")


def _misfits(key: str, declared: Declaration, value: Value) -> list[Problem]:
    name = key.partition(":")[2]
    kind = declared.kind
    if kind and declared.secret and not value.encrypted:
        return [
            Problem(
                key=name,
                found="a plain value",
                expected="an encrypted one, as Pulumi.yaml says",
                remedy=f"pulumi config set --secret {name}",
            )
        ]
    if kind is None or value.encrypted or kind.fits(value.content):
        return []
    return [Problem(key=name, found=_found(value), expected=str(kind), remedy=_repair(name, kind, value))]


def _found(value: Value) -> str:
    return describe(value.content) if value.text else "nothing, or an empty string"


def _repair(name: str, kind: Kind, value: Value) -> str:
    """What to do about a value of another type than the declared one."""
    text = value.content if isinstance(value.content, str) else None
    if not text:
        return "give it a value, or remove the key"
    if kind.name == "boolean" and text.lower() in _TRUTHS:
        return "write true or false, the only truth values of YAML 1.2"
    if kind.name in ("object", "array"):
        if _is_json(text):
            return "write it as YAML and not as a text in quotes, as `pulumi config set` without --path does"
        inner = f"{name}.KEY" if kind.name == "object" else f"{name}[0]"
        return f"write it as YAML, or use `pulumi config set --path '{inner}' VALUE`"
    return ""


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False
