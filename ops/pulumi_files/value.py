"""A value of the configuration as the engine keeps it, and whether it has the type that Pulumi.yaml declares.

The rules are those of sdk/go/common/resource/config/object.go and of ValidateConfigValue in
sdk/go/common/workspace/project.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.pulumi_files.document import OddKey, text_of
from ops.pulumi_files.scalars import Timestamp, UnresolvableError, number, number_text

LARGE = 2**63  # from here on a whole number has more than the 63 bits of Go's int
_WHOLE = re.compile(r"[-+]?[0-9]+")


@dataclass(frozen=True)
class Value:
    """``text`` is what a program gets, ``content`` the map or list whose JSON that is, else the text itself.

    What is ``encrypted`` stands there as it does in the file.
    """

    text: str
    content: Any
    encrypted: bool = False


@dataclass(frozen=True)
class Kind:
    """A type of Pulumi.yaml: string, integer, boolean, object, or array, which has ``items``."""

    name: str
    items: Kind | None = None

    def fits(self, content: Any) -> bool:
        """Whether a value's content has this type. A scalar at the top is a text, below it is not."""
        match self.name:
            case "string":
                return isinstance(content, str)
            case "integer":
                return _is_whole(content)
            case "boolean":
                return isinstance(content, bool) or content in ("true", "false")
            case "object":
                return isinstance(content, dict)
        items = self.items
        return items is not None and isinstance(content, list) and all(items.fits(item) for item in content)

    def __str__(self) -> str:
        words = {
            "string": "a string",
            "integer": "a whole number",
            "boolean": "true or false",
            "object": "a map",
        }
        return words.get(self.name, f"a list, each of it {self.items}" if self.items else "a list")


def value_of(given: Any) -> Value:
    """What stands at the top of a stack file's ``config``. Raises UnresolvableError for no JSON."""
    match given:
        case None:
            return Value("", "")
        case dict() | list():
            return _structure(_plain(given), encrypted=holds_secret(given))
    text = _scalar_text(given)
    return Value(text, text)


def default_of(given: Any) -> Value:
    """What Pulumi.yaml has under ``default`` or ``value``. Raises UnresolvableError, as does the engine."""
    if isinstance(given, str | bool) or (isinstance(given, int) and given < LARGE):
        text = _scalar_text(given)
        return Value(text, text)
    return _structure(_plain(given, dates="rfc3339"), encrypted=False)


def holds_secret(given: Any) -> bool:
    """Whether a part of it is encrypted: a map with the one key ``secure`` and a text."""
    if isinstance(given, Mapping):
        if [*given] == ["secure"] and isinstance(given["secure"], str):
            return True
        return any(holds_secret(item) for item in given.values())
    return isinstance(given, list) and any(holds_secret(item) for item in given)


def _structure(plain: Any, *, encrypted: bool) -> Value:
    return Value(json.dumps(plain, ensure_ascii=False, sort_keys=True), plain, encrypted)


def _plain(given: Any, dates: str = "text") -> Any:
    match given:
        case dict():
            if dates == "rfc3339" and any(isinstance(key, OddKey) for key in given):
                raise UnresolvableError(f"the key {', '.join(map(text_of, given))}")
            return {text_of(key): _plain(item, dates) for key, item in given.items()}
        case list():
            return [_plain(item, dates) for item in given]
        case float():
            return number(given)
        case int() if given >= LARGE:  # the engine reads its own JSON once more
            return number(float(given))
        case Timestamp():
            return getattr(given, dates)
    return given


def _scalar_text(given: Any) -> str:
    match given:
        case bool():
            return str(given).lower()
        case int() | float():
            return number_text(given)
        case Timestamp():
            return given.text
    return str(given)


def _is_whole(content: Any) -> bool:
    """An integer, a float without a part, or a text that strconv.Atoi takes."""
    if isinstance(content, str):
        return bool(_WHOLE.fullmatch(content)) and -LARGE <= int(content) < LARGE
    return isinstance(content, int | float) and not isinstance(content, bool) and content == int(content)
