"""The component's args -> a pair, also where values are known only after other resources exist.

``checked`` validates everything that is plain at once. Outputs are replaced by placeholders for that,
and validated in an apply, by the same model, as soon as they are known.

What a program in another language passes arrives through Pulumi's protocol, where every number is a
double, and a list of which one item is secret is secret as a whole: an Output.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NotRequired

import pulumi

from components.args import BatchImageUpdaterArgs
from components.pair import Pair, Spelling, parse, spelled

_PLACEHOLDERS = {
    "repository": "placeholder",
    "job_definitions": "placeholder-{}",
    "pass_roles": "arn:aws:iam::123456789012:role/placeholder-{}",
    "alarm_topics": "arn:aws:sns:us-east-1:123456789012:placeholder-{}",
}
_WHOLE_NUMBERS = {
    key for key, kind in BatchImageUpdaterArgs.__annotations__.items() if kind == NotRequired[int]
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


def checked(name: str, args: Mapping[str, Any], spelling: Spelling = Spelling.ARGS) -> CheckedInputs:
    """Validates ``args``; raises ConfigErrors at once for whatever is plain.

    The keys of ``args`` are in snake_case; ``spelling`` is that of the errors.
    """

    def pair(values: Mapping[str, Any]) -> Pair:
        return parse(name, spelled(values, spelling), spelling=spelling)

    known = {key: _known(key, value) for key, value in args.items()}
    plain = pair(known)
    least = plain.model_copy(update={key: _now(args[key]) for key in _PLACEHOLDERS if key in args})

    def later(key: str) -> pulumi.Output[Any]:
        if key not in args:
            return pulumi.Output.from_input(getattr(plain, key))
        given = args[key]
        # Pulumi looks for Outputs in lists, not in tuples.
        return pulumi.Output.from_input(list(given) if isinstance(given, tuple) else given).apply(
            lambda value: getattr(pair({**known, key: value}), key)
        )

    return CheckedInputs(plain, least, *(later(key) for key in _PLACEHOLDERS))


def _known(key: str, value: Any) -> Any:
    if key in _WHOLE_NUMBERS and isinstance(value, float) and value.is_integer():
        return int(value)
    if key not in _PLACEHOLDERS:
        return value
    placeholder = _PLACEHOLDERS[key]
    if isinstance(value, list | tuple):
        return [placeholder.format(i) if _is_later(item) else item for i, item in enumerate(value)]
    if not _is_later(value):
        return value
    return placeholder if key == "repository" else [placeholder.format(0)]


def _now(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(item for item in value if not _is_later(item))
    return "" if _is_later(value) else value


def _is_later(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)
