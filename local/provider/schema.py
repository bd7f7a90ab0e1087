"""The properties of a resource type: names, types and nesting, as the classes of pulumi_aws declare them."""

from __future__ import annotations

import collections.abc
import enum
import importlib
import inspect
import re
import sys
import threading
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any, TypeVar

import pulumi

# Pulumi's Input names Output in its definition, and T where no type is given.
_NAMES = {"Output": pulumi.Output, "T": Any}
_SIMPLE = {bool: "boolean", int: "integer", float: "number", str: "string"}


_Reader = TypeVar("_Reader", bound=Callable[..., Any])
_LOADING = threading.RLock()


def _once(reader: _Reader) -> _Reader:
    """Reads each type once, and one at a time: pulumi_aws loads its modules lazily, not for many threads."""
    known = cache(reader)

    @wraps(reader)
    def read(*arguments: Any) -> Any:
        with _LOADING:
            return known(*arguments)

    return read  # type: ignore[return-value]


@dataclass(frozen=True)
class Type:
    """The type of a property: a JSON schema's word, or ``map``, ``archive``, ``asset`` or ``any``.

    ``item`` is of an array or map; ``fields`` and ``required`` are an object's, ``title`` its class's name.
    """

    name: str
    item: Type | None = None
    title: str = ""
    fields: Mapping[str, Type] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Schema:
    """A resource type: what a program may set (an object), and every property that it has afterwards."""

    token: str
    inputs: Type
    outputs: Mapping[str, Type]

    def computed(self) -> frozenset[str]:
        """The properties that AWS or the provider decides alone."""
        return frozenset(self.outputs.keys() - self.inputs.fields.keys())


@_once
def schema_of(token: str) -> Schema:
    """The schema of a type such as ``aws:sqs/queue:Queue``; raises KeyError for one that pulumi_aws lacks."""
    module, name = _location(token)
    try:
        resource, arguments = getattr(module, name), getattr(module, f"{name}Args")
    except AttributeError as error:
        raise KeyError(token) from error
    return Schema(token, _object(arguments), _properties(resource))


@_once
def function_of(token: str) -> tuple[Type, Type]:
    """What a function such as ``aws:index/getRegion:getRegion`` takes and answers; raises KeyError."""
    module, name = _location(token)
    try:
        function = getattr(module, re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name))
        answer = getattr(module, f"{name[0].upper()}{name[1:]}Result")
    except AttributeError as error:
        raise KeyError(token) from error
    hints = typing.get_type_hints(function, vars(sys.modules[function.__module__]), _NAMES)
    taken = {_camel(key): _type(hint) for key, hint in hints.items() if key not in ("opts", "return")}
    return Type("object", fields=taken), Type("object", fields=_properties(answer))


@_once
def provider_arguments() -> Type:
    """What the provider's configuration may have."""
    return _object(importlib.import_module("pulumi_aws").ProviderArgs)


def _location(token: str) -> tuple[Any, str]:
    package, path, name = token.split(":")
    folder = path.split("/")[0]
    module = {"index": "", "lambda": ".lambda_"}.get(folder, f".{folder}")
    try:
        return importlib.import_module(f"pulumi_{package}{module}"), name
    except ModuleNotFoundError as error:
        raise KeyError(token) from error


def _object(declared: Any) -> Type:
    parameters = inspect.signature(declared.__init__).parameters.values()
    required = {each.name for each in parameters if each.default is each.empty and each.name != "__self__"}
    names = {attribute: name for name, attribute in _attributes(declared)}
    return Type(
        "object",
        title=declared.__name__.removesuffix("Args"),
        fields=_properties(declared),
        required=frozenset(names[attribute] for attribute in required),
    )


def _attributes(declared: Any) -> list[tuple[str, str]]:
    """Pulumi's name of each property with Python's."""
    return [
        (_wire_name(value), name) for name, value in vars(declared).items() if isinstance(value, property)
    ]


def _wire_name(declared: property) -> str:
    getter: Any = declared.fget
    return str(getattr(getter, "_pulumi_name", None) or getter.__name__)


def _properties(declared: Any) -> dict[str, Type]:
    found = {}
    for value in vars(declared).values():
        if isinstance(value, property):
            getter: Callable[..., Any] = value.fget  # type: ignore[assignment]
            module = sys.modules[declared.__module__]
            hint = typing.get_type_hints(getter, vars(module), _NAMES)["return"]
            found[_wire_name(value)] = _type(hint)
    return found


def _type(hint: Any) -> Type:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union or origin is types.UnionType:
        # Pulumi's Input and Optional are unions; what is left of one that takes an enum, too, is text.
        return _type(next(each for each in arguments if not _around(each)))
    if origin is pulumi.Output:
        return _type(arguments[0])
    if origin in (collections.abc.Sequence, list):
        return Type("array", item=_type(arguments[0]))
    if origin in (collections.abc.Mapping, dict):
        return Type("map", item=_type(arguments[1]))
    if hint in _SIMPLE:
        return Type(_SIMPLE[hint])
    if isinstance(hint, type):
        if issubclass(hint, enum.Enum):
            return Type("string")
        if issubclass(hint, pulumi.Archive | pulumi.Asset):
            return Type("archive" if issubclass(hint, pulumi.Archive) else "asset")
        if hint.__module__.startswith("pulumi_aws."):
            return _object(hint)
    return Type("any")


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def _around(hint: Any) -> bool:
    return hint is type(None) or typing.get_origin(hint) in (collections.abc.Awaitable, pulumi.Output)
