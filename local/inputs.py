"""The properties of a Pulumi resource, none of which may be overlooked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class UnknownResource(Exception):
    """A resource type, a property or a function that the local cloud does not know."""


class Inputs:
    """A resource's properties; remembers which were read, so that none is overlooked."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {key: value for key, value in values.items() if value is not None}
        self._unread = set(self._values)

    def get(self, key: str, default: Any = None) -> Any:
        """The property, or ``default``."""
        self._unread.discard(key)
        return self._values.get(key, default)

    def call(self, **names: str) -> dict[str, Any]:
        """AWS parameter -> the property of that name, for those that are set."""
        return {parameter: self.get(key) for parameter, key in names.items() if self.get(key) is not None}

    def all(self) -> dict[str, Any]:
        """Every property."""
        return dict(self._values)

    def unread(self) -> list[str]:
        """The properties that nobody asked for."""
        return sorted(self._unread)
