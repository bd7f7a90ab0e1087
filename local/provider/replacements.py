"""What an update of an argument does to its resource, as HashiCorp's AWS provider plans it.

replacements.json is what tools/replacement_table.py found out from that provider; additions.json, by hand,
is what pulumi_aws has beyond it or does otherwise, each with its source.

>>> forces_replacement("aws:sqs/queue:Queue", "fifoQueue")
True
>>> effect("aws:sqs/queue:Queue", "policy", "removed")  # the provider keeps what AWS holds
'nothing'
>>> effect("aws:batch/jobDefinition:JobDefinition", "retryStrategy.evaluateOnExits[1]", "added")
'replace'
>>> sorted(renewed("aws:batch/jobDefinition:JobDefinition", "timeout.attemptDurationSeconds"))
['arn', 'revision']
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

Change = Literal["changed", "added", "removed"]
Effect = Literal["nothing", "update", "replace"]
Resource = Mapping[str, Any]

_FOLDER = Path(__file__).parent


class NotInTable(LookupError):
    """The table has no such resource type, or the type no such argument."""


def forces_replacement(
    token: str, path: str, change: Change = "changed", *, resources: Iterable[Resource] = ()
) -> bool:
    """Whether the resource has to be replaced: ``effect`` says the same with one word more."""
    return effect(token, path, change, resources=resources) == "replace"


def effect(
    token: str, path: str, change: Change = "changed", *, resources: Iterable[Resource] = ()
) -> Effect:
    """What a change of the argument does.

    ``path`` is Pulumi's, of the argument or of what it holds: ``tags``, ``tags["a.b"]``, ``subnets[1]``,
    ``computeEnvironmentOrders[0].order``. "added" and "removed" are from nothing and to nothing.
    ``resources`` are the properties before and after: what a change does can depend on them, as with a
    compute environment that AWS changes in place (``settings`` in the table). Raises NotInTable.
    """
    steps = _steps(path)
    for length in range(len(steps), 0, -1):
        name, below = _joined(steps[:length]), steps[length:]
        for entry in _entries(token, resources):
            usual: Effect | None = next((one for one in ("replace", "update") if name in entry[one]), None)
            if usual:
                # A list that gains or loses an element is changed, and was something before and after.
                way: dict[str, Effect] = {} if below else entry.get(change, {})
                return way.get(name, usual)
    raise NotInTable(f"{token} has no argument {path} in local/provider/replacements.json or additions.json")


def renewed(token: str, path: str, *, resources: Iterable[Resource] = ()) -> frozenset[str]:
    """The computed properties that an update of the argument gives a new value; unknown in a preview.

    ``path`` and ``resources`` are those of ``effect``. Raises NotInTable for an unknown type.
    """
    steps = _steps(path)
    for entry in _entries(token, resources):
        for length in range(len(steps), 0, -1):
            if found := entry.get("renewed", {}).get(_joined(steps[:length])):
                return frozenset(found)
    return frozenset()


def arguments(token: str) -> frozenset[str]:
    """Every argument of the type that the table has an answer for, an element of a list as ``a[].b``."""
    return frozenset(
        name for entry in _entries(token) for one in ("replace", "update") for name in entry[one]
    )


def _entries(token: str, resources: Iterable[Resource] = ()) -> Iterator[dict[str, Any]]:
    """What is said of the type: first of such resources alone, then what is newer, then the rest."""
    found, added = _table("replacements.json").get(token), _table("additions.json").get(token, {})
    if not found:
        raise NotInTable(
            f"{token} is not in local/provider/replacements.json: see tools/replacement_table.py"
        )
    held = list(resources)
    for setting in found.get("settings", {}).values():
        if held and all(_fits(setting["when"], resource) for resource in held):
            yield setting
    yield {"replace": {}, "update": {}, **added}
    yield found


@cache
def _table(file: str) -> dict[str, Any]:
    return dict(json.loads((_FOLDER / file).read_text(encoding="utf-8"))["types"])


def _fits(when: Mapping[str, list[str | None]], resource: Resource) -> bool:
    return all(
        any(
            value is None if pattern is None else value is not None and fnmatchcase(value, pattern)
            for pattern in patterns
        )
        for path, patterns in when.items()
        for value in [_text(resource, path)]
    )


def _text(resource: Resource, path: str) -> str | None:
    value: Any = resource
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value in (None, ""):
        return None
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _steps(path: str) -> list[str]:
    """``a[0].b`` and ``a[].b`` are a, [], b; ``a["b.c"]`` is a, "b.c"."""
    found = re.findall(r'\[(\d*)\]|\["((?:[^"\\]|\\.)*)"\]|([^.\[]+)', path)
    return [key or name or "[]" for _index, key, name in found]


def _joined(steps: list[str]) -> str:
    return ".".join(steps).replace(".[]", "[]")
