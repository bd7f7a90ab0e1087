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
        # Where the resource is has been settled before anybody asks for its properties.
        self._unread = set(self._values) - {"region"}

    def get(self, key: str, default: Any = None) -> Any:
        """The property, or ``default``."""
        self._unread.discard(key)
        return self._values.get(key, default)

    def number(self, key: str, default: int | None = None) -> int | None:
        """The property as an integer: on Pulumi's wire every number is a float."""
        value = self.get(key, default)
        return None if value is None else int(value)

    def call(self, **names: str) -> dict[str, Any]:
        """AWS parameter -> the property of that name, for those that are set."""
        return {parameter: self.get(key) for parameter, key in names.items() if self.get(key) is not None}

    def all(self) -> dict[str, Any]:
        """Every property."""
        return dict(self._values)

    def done(self) -> None:
        """Raises UnknownResource when there are properties that nobody asked for."""
        if self._unread:
            raise UnknownResource(
                f"it sets {', '.join(sorted(self._unread))}, which the local cloud does not know"
            )
