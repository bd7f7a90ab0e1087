"""The state of a resource as the provider would have written it, made of a plan to create the resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.replacements.schema import Path, ResourceType


def state(kind: ResourceType, planned: Mapping[str, Any], computed: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes: what the plan knows, and in the place of what it doesn't, something of the right type.

    ``planned`` is the ``change`` of the plan. ``computed`` has values for what the provider computes and
    looks at later on (paths with dots).
    """
    return dict(_known(kind, planned["after"], planned["after_unknown"], computed, ()))


def _known(kind: ResourceType, value: Any, unknown: Any, computed: Mapping[str, Any], path: Path) -> Any:
    if unknown is True:
        return computed.get(".".join(path), _invented(path[-1], kind.type_of(path)))
    if isinstance(value, dict) or isinstance(unknown, dict):
        value, unknown = value or {}, unknown or {}
        return {
            key: _known(kind, value.get(key), unknown.get(key, False), computed, (*path, key))
            for key in {**value, **unknown}
        }
    if isinstance(value, list) and isinstance(unknown, list):
        return [
            _known(kind, item, unknown[index] if index < len(unknown) else False, computed, path)
            for index, item in enumerate(value)
        ]
    return value


def _invented(name: str, kind: Any) -> Any:
    if kind == "string":
        return f"arn:aws:service:us-east-1:123456789012:{name}" if name.endswith("arn") else f"known-{name}"
    if kind == "number":
        return 7
    if kind == "bool":
        return False
    return {} if kind and kind[0] == "map" else []
