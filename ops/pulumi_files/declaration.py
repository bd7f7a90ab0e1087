"""A key of the configuration as Pulumi.yaml declares it: its type, and what it is where a stack says nothing.

The rules are those of project.json, and of Validate in project.go, in the engine's sdk/go/common/workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.problems import describe, nearest
from ops.pulumi_files.scalars import UnresolvableError
from ops.pulumi_files.value import LARGE, Kind, Value, default_of

_TYPES = ("string", "integer", "boolean", "array", "object")
_ATTRIBUTES = ("type", "items", "description", "secret", "default", "value")


class DeclarationError(Exception):
    """The engine refuses the declaration. ``found``, ``expected`` and ``remedy`` are those of a Problem."""

    def __init__(self, found: str, expected: str, remedy: str = "") -> None:
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(found)


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """``kind`` is None where no type is named."""

    kind: Kind | None = None
    default: Value | None = None
    secret: bool = False
    description: str = ""


def declaration_of(given: Any, *, own: bool) -> Declaration:
    """``own``: the key is in the project's namespace, where it may have a type. Raises DeclarationError."""
    if isinstance(given, dict):
        _check_attributes(given)
        kind = _declared_kind(given)
        default = _declared_default(given, kind, own=own)
        return Declaration(
            kind=kind,
            default=default,
            secret=given.get("secret", False),
            description=given.get("description", ""),
        )
    if isinstance(given, str | bool | list) or (isinstance(given, int) and given < LARGE):
        return Declaration(default=_value(given))
    raise DeclarationError(describe(given), "a string, a whole number, true, false, a list, or a declaration")


def _check_attributes(given: Mapping[Any, Any]) -> None:
    for attribute, value in given.items():
        if attribute not in _ATTRIBUTES:
            raise DeclarationError(
                f"the attribute {attribute}", "a known one", nearest(str(attribute), _ATTRIBUTES)
            )
        if attribute == "description" and not isinstance(value, str):
            raise DeclarationError(f"as description {describe(value)}", "a string", "put quotes around it")
        if attribute == "secret" and not isinstance(value, bool):
            raise DeclarationError(f"as secret {describe(value)}", "true or false")


def _declared_kind(given: Mapping[Any, Any]) -> Kind | None:
    if "type" in given:
        return _kind(given)
    if "items" in given:
        _kind(given["items"])
    return None


def _kind(given: Any) -> Kind:
    """The type of a declaration, or of a list's items, which have the same form."""
    if not isinstance(given, dict):
        raise DeclarationError(f"as items {describe(given)}", "a map with the type of a list's items")
    name = given.get("type")
    if name not in _TYPES:
        raise DeclarationError(f"as type {describe(name)}", f"one of {', '.join(_TYPES)}")
    items = _kind(given["items"]) if "items" in given else None
    if name == "array" and items is None:
        raise DeclarationError("an array without items", "the type of each", "write items: {type: string}")
    return Kind(name, items)


def _declared_default(given: Mapping[Any, Any], kind: Kind | None, *, own: bool) -> Value | None:
    default, value = given.get("default"), given.get("value")
    if default is not None and value is not None:
        raise DeclarationError("both default and value", "one of the two")
    if not own and (kind or value is None):
        remedy = "only the keys of the project itself have a type and a default"
        raise DeclarationError("a declaration", "value alone", remedy)
    if kind and default is not None and not kind.fits(default):
        raise DeclarationError(f"as default {describe(default)}", str(kind))
    return None if default is None and value is None else _value(value if default is None else default)


def _value(given: Any) -> Value:
    try:
        return default_of(given)
    except UnresolvableError as error:
        raise DeclarationError(str(error), "what JSON can hold", "put quotes around it") from error
