"""Pairs of configurations that differ in one argument alone."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tools.replacements.schema import Argument, Path, ResourceType

Change = Literal["changed", "added", "removed"]
Configuration = dict[str, Any]

_ROLE = "arn:aws:iam::123456789012:role/"


@dataclass(frozen=True)
class Setting:
    """One kind of resource of the type: a configuration that Terraform takes.

    ``when`` tells a resource of that kind by its values: path -> the patterns, one of which fits; None stands
    for no value. The first setting of a type is for all the others, and has none. ``values`` are its own,
    before those of the type.
    """

    configuration: Configuration
    when: Mapping[str, list[str | None]] = field(default_factory=dict)
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Samples:
    """What the provider takes for the arguments of one type, where any text or number would not do.

    Paths are Terraform's names with dots. ``values`` has the value before and the value after; ``around`` has
    what else must stand in the configuration while that argument, or one below it, is tried: None takes an
    argument away. ``apart`` names the argument of the same block that can't stand beside one. ``computed``
    are values in the state of what the provider would have computed.
    """

    settings: Mapping[str, Setting]
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    around: Mapping[str, Configuration] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One argument of a resource of one setting, and what is done to it."""

    setting: str
    argument: Argument
    change: Change
    before: Configuration
    after: Configuration


def cases(kind: ResourceType, samples: Samples) -> Iterator[Case]:
    """Every change of every argument in every setting.

    An optional argument is added and removed with each of its two values, since one of them can be its
    default. What holds a required argument is not removed without it, so that one is only changed. A block is
    changed when there is one more of it.
    """
    for name, setting in samples.settings.items():
        own = replace(samples, values={**samples.values, **setting.values})
        for argument in kind.arguments():
            yield from _of_one(kind, own, name, setting, argument)


def _of_one(
    kind: ResourceType, samples: Samples, name: str, setting: Setting, argument: Argument
) -> Iterator[Case]:
    base = _around(setting.configuration, argument.path, samples)
    absent, *present = (_with(kind, samples, base, argument, which) for which in (None, 0, 1))
    if not argument.is_block or argument.repeated:
        yield Case(name, argument, "changed", *present)
    if not argument.required:
        for configuration in present[: 1 if argument.is_block else 2]:
            yield Case(name, argument, "added", absent, configuration)
            yield Case(name, argument, "removed", configuration, absent)


def _around(configuration: Configuration, path: Path, samples: Samples) -> Configuration:
    merged = copy.deepcopy(configuration)
    for length in range(1, len(path) + 1):
        for key, value in samples.around.get(".".join(path[:length]), {}).items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = copy.deepcopy(value)
    return merged


def _with(
    kind: ResourceType, samples: Samples, base: Configuration, argument: Argument, which: int | None
) -> Configuration:
    """The configuration with the argument at its value before (0) or after (1), or without it (None)."""
    configuration = copy.deepcopy(base)
    place, path = configuration, argument.path
    apart = samples.apart.get(".".join(path), "")
    for depth, name in enumerate(path[:-1], 1):
        if name not in place:
            place[name] = [_block(kind, samples, path[:depth], {path[depth], apart})]
        place = place[name][0]
    place.pop(apart, None)
    if which is None:
        place.pop(path[-1], None)
    elif argument.is_block:
        blocks = place.setdefault(path[-1], [_block(kind, samples, path)])
        place[path[-1]] = [*blocks, _block(kind, samples, path, which=1)][: which + 1]
    else:
        place[path[-1]] = _value(samples, argument, which)
    return configuration


def _block(
    kind: ResourceType, samples: Samples, path: Path, without: Collection[str] = (), which: int = 0
) -> Configuration:
    """The smallest block that says something: what it requires, or else the first thing that it can hold.

    An empty block would be another matter: the provider forgets some, and dies of others.
    """
    held = [argument for argument in kind.below(path) if len(argument.path) == len(path) + 1]
    optional = [argument for argument in held if argument.path[-1] not in without]
    needed = [argument for argument in held if argument.required] or optional[:1]
    return {
        argument.path[-1]: [_block(kind, samples, argument.path)]
        if argument.is_block
        else _value(samples, argument, which)
        for argument in needed
    }


def _value(samples: Samples, argument: Argument, which: int) -> Any:
    pair = samples.values.get(".".join(argument.path)) or _any(argument.path[-1], argument.type)
    return pair[which]


def _any(name: str, kind: Any) -> tuple[Any, Any]:
    """Two values of a type of Terraform's. A name in ``arn`` or ``role`` wants an ARN."""
    if kind == "bool":
        return False, True
    if kind == "number":
        return 1, 2
    if kind == "string":
        arn = name.endswith(("arn", "role"))
        return (f"{_ROLE}alpha", f"{_ROLE}beta") if arn else ("alpha", "beta")
    outer, inner = kind
    before, after = _any(name.removesuffix("s"), inner)
    return ({"key": before}, {"key": after}) if outer == "map" else ([before], [after])
