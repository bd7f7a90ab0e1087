"""What a stack's deployment has made, as the program registers it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.replay.aws import REGION
from tests.replay.configurations import evaluated

Resource = tuple[str, dict[str, Any]]


def key(stack: Mapping[str, Any]) -> str:
    """What tells one stack's configuration from another."""
    return json.dumps(stack)


def deployments(stacks: list[Mapping[str, Any]]) -> dict[str, list[Resource]]:
    """The type and the inputs of every resource, by the stack's key; nothing of a stack without pairs.

    The function's code is name -> path. To be called in a process of its own: it runs Pulumi.
    """
    return {key(stack): _resources(stack) for stack in stacks}


def _resources(stack: Mapping[str, Any]) -> list[Resource]:
    if not stack:
        return []
    recording = evaluated({"aws:region": REGION, **stack, "place": {"region": REGION}})
    found = [
        (each.type.rpartition(":")[2], dict(each.inputs))
        for each in recording.resources
        if each.type.startswith("aws:")
    ]
    for kind, inputs in found:
        if kind == "Function":
            inputs["code"] = {name: asset.path for name, asset in inputs["code"].assets.items()}
    # Pulumi registers what does not depend on each other in any order.
    return sorted(((kind, _plain(inputs)) for kind, inputs in found), key=_order)


def _order(resource: Resource) -> str:
    return json.dumps(resource, sort_keys=True)


def _plain(value: Any) -> Any:
    """Pulumi's numbers are all floats, AWS's are not."""
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
