"""Pulumi's names of a Terraform type's properties, read from the classes of pulumi_aws.

Pulumi writes camelCase, has the plural for a list and the singular for a block of which there can be one, and
has given some arguments another name. Which name it is is not derived but looked up: that it exists decides.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pulumi.output

from tools.replacements.schema import Path


@dataclass(frozen=True)
class Properties:
    """The inputs and outputs of a Pulumi resource type.

    Each is a mapping from the path without list markers, ("computeResources", "subnets"), to the path as
    Pulumi would print it: "computeResources.subnets"; an element of a list of objects is "a[].b".
    """

    inputs: Mapping[tuple[str, ...], str]
    outputs: Mapping[tuple[str, ...], str]


def properties(token: str) -> Properties:
    """Reads the classes that belong to a token such as ``aws:sqs/queue:Queue``."""
    package, module, name = token.split(":")
    folder, _, file = module.partition("/")
    folder = f"{folder}_" if folder == "lambda" else folder
    found = importlib.import_module(f"pulumi_{package}.{folder}.{_snake(file)}")
    return Properties(
        dict(_walk(getattr(found, f"{name}Args"), (), "")),
        dict(_walk(getattr(found, name), (), "")),
    )


def _walk(cls: type, path: tuple[str, ...], printed: str) -> Iterator[tuple[tuple[str, ...], str]]:
    # Pulumi's own types name each other as text.
    scope = {**vars(pulumi.output), **vars(sys.modules[cls.__module__])}
    for name, value in vars(cls).items():
        if not isinstance(value, property) or not value.fget:
            continue
        own = str(getattr(value.fget, "_pulumi_name", name))
        place, text = (*path, own), f"{printed}.{own}" if printed else own
        yield place, text
        hint = typing.get_type_hints(value.fget, scope).get("return")
        for nested, is_list in dict.fromkeys(_classes(hint, False)):
            yield from _walk(nested, place, f"{text}[]" if is_list else text)


def _classes(hint: object, is_list: bool) -> Iterator[tuple[type, bool]]:
    """The class of Pulumi's that a type hint holds, and whether it is an element of a list."""
    if inspect.isclass(hint) and hasattr(
        hint, "_pulumi_input_type" if "Args" in hint.__name__ else "_pulumi_output_type"
    ):
        yield hint, is_list
    origin = typing.get_origin(hint)
    is_sequence = inspect.isclass(origin) and issubclass(origin, typing.Sequence)
    for argument in typing.get_args(hint):
        yield from _classes(argument, is_list or is_sequence)


def pulumi_path(path: Path, known: Mapping[tuple[str, ...], str], renamed: Mapping[str, str]) -> str | None:
    """The path of a Terraform property as Pulumi prints it; None where Pulumi has none.

    ``renamed`` has Terraform's path with dots -> Pulumi's last name, for names that no rule gives.
    """
    place: tuple[str, ...] = ()
    for depth, name in enumerate(path, 1):
        others = (renamed[key],) if (key := ".".join(path[:depth])) in renamed else _candidates(name)
        fitting = [(*place, other) for other in others if (*place, other) in known]
        if not fitting:
            return None
        place = fitting[0]
    return known[place]


def _candidates(name: str) -> Iterable[str]:
    first, *rest = name.split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    plural = camel[:-1] + "ies" if camel.endswith("y") else camel + "s"
    return camel, plural, camel.removesuffix("s")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
