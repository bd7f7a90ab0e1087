"""What is wrong with a resource's arguments, and the inputs that come of them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.provider.schema import Type
from local.provider.wire import UNKNOWN, Properties, Secret

DEFAULTS = "__defaults"
"""The input that lists which others the provider has filled in, as the real provider has it in the state."""


@dataclass(frozen=True)
class Failure:
    """One argument that is refused."""

    property: str
    reason: str


class Misfit(Exception):
    """A value that is not of its property's type."""


@dataclass(frozen=True)
class Naming:
    """How Pulumi names what the program does not: ``pulumi:autonaming``, and the seed of what is random."""

    mode: str = "default"
    proposed: str = ""
    seed: bytes = b""

    def name(self, logical: str) -> str:
        """A physical name, "" where the configuration forbids to make one."""
        if self.mode == "default":
            return f"{logical}-{self._random()}"
        return "" if self.mode == "disable" else self.proposed

    def _random(self) -> str:
        digest = hashlib.sha256(self.seed).hexdigest() if self.seed else secrets.token_hex(4)
        return digest[:7]


def failures(type_: Type, values: Properties, resource: str) -> Iterator[Failure]:
    """Unknown and missing arguments, at any depth, in the words of the real provider."""
    for path, reason in _problems(type_, values, ""):
        if reason is None:
            yield Failure(path, f"Missing required property '{path}'")
        else:
            yield Failure(path, f"{reason}. Examine values at '{resource}.{path}'.")


def _problems(type_: Type, value: Any, path: str) -> Iterator[tuple[str, str | None]]:
    match value:
        case Secret(inner):
            yield from _problems(type_, inner, path)
        case list() if type_.name == "array" and type_.item:
            for index, each in enumerate(value):
                yield from _problems(type_.item, each, f"{path}[{index}]")
        case Mapping() if type_.name == "object":
            yield from _problems_of_object(type_, value, f"{path}." if path else "")
        case Mapping() if type_.name == "map" and type_.item:
            for key, each in value.items():
                yield from _problems(type_.item, each, f"{path}.{key}")
        case _:
            try:
                fitting(type_, value)
            except Misfit as error:
                yield path, str(error)


def _problems_of_object(type_: Type, value: Properties, before: str) -> Iterator[tuple[str, str | None]]:
    for key in sorted(type_.required - value.keys()):
        yield f"{before}{key}", None
    for key, each in value.items():
        if key in type_.fields:
            yield from _problems(type_.fields[key], each, f"{before}{key}")
        elif not key.startswith("__"):
            yield f"{before}{key}", "Invalid or unknown key"


def fitting(type_: Type, value: Any) -> Any:
    """The value as its type has it: text that reads as a number is one where one is wanted, and so on.

    Raises Misfit. What is unknown fits every type, and unknown keys of an object are as they are.
    """
    match value, type_.name:
        case Secret(inner), _:
            return Secret(fitting(type_, inner))
        case _, "any":
            return value
        case _ if value is UNKNOWN:
            return value
        case Mapping(), "object":
            return {
                key: fitting(type_.fields[key], each) if key in type_.fields else each
                for key, each in value.items()
            }
        case Mapping(), "map" if type_.item:
            return {key: fitting(type_.item, each) for key, each in value.items()}
        case list(), "array" if type_.item:
            return [fitting(type_.item, each) for each in value]
        case Mapping() | list(), _:
            raise _misfit(type_, value)
        case _, "object" | "map" | "array":
            raise _misfit(type_, value)
    return _scalar(type_, value)


def _scalar(type_: Type, value: Any) -> Any:
    if type_.name == "string":
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int | float) else value
    if type_.name == "boolean":
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise _misfit(type_, value)
    if type_.name in ("integer", "number"):
        try:
            number = float(value) if isinstance(value, str) else value
        except ValueError as error:
            raise _misfit(type_, value) from error
        whole = not isinstance(number, float) or number.is_integer()
        if isinstance(value, bool) or not (whole or type_.name == "number"):
            raise _misfit(type_, value)
        return int(number) if whole else number
    return value


def _misfit(type_: Type, value: Any) -> Misfit:
    found = {bool: "a boolean", str: "a string", list: "a list", dict: "a map"}.get(type(value), "a number")
    wanted = {"array": "a list", "integer": "a whole number", "object": "an object"}
    return Misfit(f"expected {wanted.get(type_.name, f'a {type_.name}')}, got {found}")


def named(news: Properties, olds: Properties, *, key: str, logical: str, naming: Naming) -> dict[str, Any]:
    """The inputs with a physical name under ``key``, and with the list of what was filled in.

    A name that was made before is kept; one that the program takes back is made anew.
    """
    if not key or key in news or f"{key}Prefix" in news:
        return {**news, DEFAULTS: []}
    made = key in (olds.get(DEFAULTS) or ()) and key in olds
    name = olds[key] if made else naming.name(logical)
    return {**news, key: name, DEFAULTS: [key]} if name else {**news, DEFAULTS: []}
