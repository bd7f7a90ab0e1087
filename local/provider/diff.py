"""From a resource that stands and new inputs to what an update means: nothing, a change, or a replacement."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from local.provider.check import DEFAULTS, Misfit, fitting
from local.provider.schema import Type
from local.provider.wire import Properties, Unknown, revealed

_TAGS = "tags"


class Change(Enum):
    """What happens to one property, in the words of the table of replacements."""

    ADD = "added"
    UPDATE = "changed"
    DELETE = "removed"


@dataclass(frozen=True)
class Difference:
    """One property that changes, by its path such as ``loggingConfig.logFormat`` or ``subnets[1]``."""

    path: str
    change: Change
    replaces: bool


@dataclass(frozen=True)
class Rules:
    """What the comparison has to know of a type.

    ``effect(path, change, resources=(before, after))`` says what a difference does: nothing, update or
    replace, as local.provider.replacements has it. ``same`` says of a property and two of its values whether
    they mean the same; ``named`` is the property of the physical name.
    """

    inputs: Type
    effect: Callable[..., str]
    same: Callable[[str, Any, Any], bool] = lambda _key, one, other: bool(one == other)
    named: str = ""


@dataclass(frozen=True)
class Plan:
    """The differences, and whether the old resource has to go before the new one comes."""

    differences: tuple[Difference, ...]
    delete_first: bool

    @property
    def replaces(self) -> bool:
        """Whether the resource is replaced."""
        return any(each.replaces for each in self.differences)


def plan(
    rules: Rules,
    *,
    old_inputs: Properties,
    state: Properties,
    news: Properties,
    ignored: Collection[str] = (),
) -> Plan:
    """What an update from the state to the new inputs means.

    What the state has beyond both inputs (computed values, defaults of AWS) is no difference. Tags are one:
    they are all the program's.
    """
    old_inputs, state, news = revealed(old_inputs), revealed(state), revealed(news)
    considered = {*news, *old_inputs, _TAGS}.intersection(rules.inputs.fields)
    resources = ({**old_inputs, **state}, news)
    found = [
        Difference(path, change, effect == "replace")
        for key in sorted(considered)
        for path, change in _compared(rules, key, resources[0].get(key), news.get(key), old_inputs.get(key))
        if not _ignored(path, ignored)
        if (effect := rules.effect(path, change.value, resources=resources)) != "nothing"
    ]
    replaced = any(each.replaces for each in found)
    # As Pulumi's bridge decides it: two resources can't have one name, unless Pulumi made the name.
    fixed = rules.named in news and DEFAULTS in news and rules.named not in news[DEFAULTS]
    return Plan(tuple(found), replaced and bool(rules.named) and fixed)


def _compared(rules: Rules, key: str, old: Any, new: Any, given: Any) -> Iterator[tuple[str, Change]]:
    if not rules.same(key, old, new):
        yield from _differences(rules.inputs.fields[key], key, old, new, given)


def _differences(type_: Type, path: str, old: Any, new: Any, given: Any) -> Iterator[tuple[str, Change]]:
    """The paths that differ. ``given`` is the old input: what it lacks of an object, AWS has filled in."""
    if isinstance(new, Unknown):
        yield path, Change.ADD if blank(old) else Change.UPDATE
    elif blank(old) and blank(new):
        return
    elif _absent(old) or _absent(new):
        yield path, Change.ADD if _absent(old) else Change.DELETE
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and type_.name in ("object", "map"):
        own: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        keys = {*new, *own} if type_.name == "object" else {*new, *old}
        for key in sorted(each for each in keys if not each.startswith("__")):
            inner = type_.fields.get(key) or type_.item or Type("any")
            yield from _differences(inner, _below(path, key), old.get(key), new.get(key), own.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            was, is_now, own_now = (_element(each, index) for each in (old, new, given))
            yield from _differences(type_.item or Type("any"), f"{path}[{index}]", was, is_now, own_now)
    elif not _same(type_, old, new):
        yield path, Change.UPDATE


def _element(values: Any, index: int) -> Any:
    return values[index] if isinstance(values, list) and index < len(values) else None


def blank(value: Any) -> bool:
    """What the provider can't tell from a property that is not set."""
    return value in ("", False) or _absent(value)


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping | list) and not value)


def _same(type_: Type, old: Any, new: Any) -> bool:
    try:
        return bool(fitting(type_, old) == fitting(type_, new))
    except Misfit:
        return bool(old == new)


def _below(path: str, key: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", key)
    return f"{path}.{key}" if plain else f"{path}[{json.dumps(key)}]"


def _steps(path: str) -> list[str]:
    """``a[0].b`` and ``a[].b`` -> a, [], b."""
    found = re.findall(r'\[(?:\d*|"(?:[^"\\]|\\.)*")\]|[^.\[]+', path)
    return ["[]" if re.fullmatch(r"\[\d*\]", each) else each.strip('["]') for each in found]


def _ignored(path: str, ignored: Collection[str]) -> bool:
    steps = _steps(path)
    return any(steps[: len(_steps(each))] == _steps(each.replace("[*]", "[]")) for each in ignored)
