"""The component's args -> a pair, also where values are known only after other resources exist.

``checked`` validates everything that is plain at once. Outputs are replaced by placeholders for that,
and validated in an apply, by the same model, as soon as they are known.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.pair import Pair, Spelling, parse

_PLACEHOLDERS = {
    "repository": "placeholder",
    "job_definitions": "placeholder-{}",
    "pass_roles": "arn:aws:iam::123456789012:role/placeholder-{}",
    "alarm_topics": "arn:aws:sns:us-east-1:123456789012:placeholder-{}",
}


@dataclass(frozen=True)
class CheckedInputs:
    """``plain`` holds everything but the four fields that can be Outputs; those follow one by one.

    ``known`` is ``plain`` without what stands in for Outputs: the least that the pair can be.
    """

    plain: Pair
    known: Pair
    repository: pulumi.Output[str]
    job_definitions: pulumi.Output[tuple[str, ...]]
    pass_roles: pulumi.Output[tuple[str, ...]]
    alarm_topics: pulumi.Output[tuple[str, ...]]


def checked(name: str, args: Mapping[str, Any]) -> CheckedInputs:
    """Validates ``args``; raises ConfigErrors at once for whatever is plain."""
    known = {key: _known(key, value) for key, value in args.items()}
    plain = parse(name, known, spelling=Spelling.ARGS)
    least = plain.model_copy(update={key: _now(args[key]) for key in _PLACEHOLDERS if key in args})

    def later(key: str) -> pulumi.Output[Any]:
        if key not in args:
            return pulumi.Output.from_input(getattr(plain, key))
        given = args[key]
        # Pulumi looks for Outputs in lists, not in tuples.
        return pulumi.Output.from_input(list(given) if isinstance(given, tuple) else given).apply(
            lambda value: getattr(parse(name, {**known, key: value}, spelling=Spelling.ARGS), key)
        )

    return CheckedInputs(plain, least, *(later(key) for key in _PLACEHOLDERS))


def _known(key: str, value: Any) -> Any:
    if key not in _PLACEHOLDERS:
        return value
    if isinstance(value, list | tuple):
        return [_PLACEHOLDERS[key].format(i) if _is_later(item) else item for i, item in enumerate(value)]
    return _PLACEHOLDERS[key] if _is_later(value) else value


def _now(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(item for item in value if not _is_later(item))
    return "" if _is_later(value) else value


def _is_later(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)
