"""The component's args -> a pair, also where values are known only after other resources exist.

``checked`` validates everything that is plain at once. Outputs are replaced by placeholders for that,
and validated in an apply, by the same model, as soon as they are known.

What a program in another language passes arrives through Pulumi's protocol, where every number is a
double, and a list or map of which one item is secret is secret as a whole: an Output.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

import pulumi

from components.args import BatchImageUpdaterArgs
from components.pair import Pair, Spelling, parse, spelled
from components.problems import ConfigErrors
from components.scope import Tags

_PLACEHOLDERS = {
    "repository": "placeholder",
    "job_definitions": "placeholder-{}",
    "pass_roles": "arn:aws:iam::123456789012:role/placeholder-{}",
    "alarm_topics": "arn:aws:sns:us-east-1:123456789012:placeholder-{}",
    "tags": "placeholder",
}
_WHOLE_NUMBERS = {
    key for key, kind in BatchImageUpdaterArgs.__annotations__.items() if kind == NotRequired[int]
}


@dataclass(frozen=True)
class CheckedInputs:
    """``plain`` holds everything but the five fields that can be Outputs; those follow one by one.

    ``known`` is ``plain`` without what stands in for Outputs: the least that the pair can be.
    """

    plain: Pair
    known: Pair
    repository: pulumi.Output[str]
    job_definitions: pulumi.Output[tuple[str, ...]]
    pass_roles: pulumi.Output[tuple[str, ...]]
    alarm_topics: pulumi.Input[Sequence[pulumi.Input[str]]]
    tags: Tags


def checked(name: str, args: Mapping[str, Any], spelling: Spelling = Spelling.ARGS) -> CheckedInputs:
    """Validates ``args``; raises ConfigErrors at once for whatever is plain.

    The keys of ``args`` are in snake_case; ``spelling`` is that of the errors.
    """

    def pair(values: Mapping[str, Any]) -> Pair:
        return parse(name, spelled(values, spelling), spelling=spelling)

    known = {key: _known(key, value) for key, value in args.items()}
    plain = pair(known)
    least = plain.model_copy(update={key: _now(args[key]) for key in _PLACEHOLDERS if key in args})

    def whole(key: str) -> pulumi.Output[Any]:
        given = args.get(key)
        if not _has_later(given):
            return pulumi.Output.from_input(getattr(plain, key))
        # Pulumi looks for Outputs in lists, not in tuples.
        return _validated(
            list(given) if isinstance(given, tuple) else given,
            lambda value: getattr(pair({**known, key: value}), key),
        )

    def parts(key: str) -> Any:
        """Item by item, so that one that is not known yet, or secret, does not hide the others."""
        given = args.get(key)
        if _is_later(given):
            return whole(key).apply(_unfrozen)

        def part(at: Any, item: Any) -> pulumi.Output[Any]:
            return _validated(
                item, lambda value: getattr(pair({**known, key: _with(known[key], at, value)}), key)[at]
            )

        items = _unfrozen(getattr(plain, key))
        for at, item in _items(given):
            if _is_later(item):
                items[at] = part(at, item)
        return items

    return CheckedInputs(
        plain,
        least,
        whole("repository"),
        whole("job_definitions"),
        whole("pass_roles"),
        parts("alarm_topics"),
        parts("tags"),
    )


def _validated(given: pulumi.Input[Any], valid: Callable[[Any], Any]) -> pulumi.Output[Any]:
    """What ``valid`` makes of the value once it is known; an error about a secret does not tell it."""
    output = pulumi.Output.from_input(given)

    async def once_known(value: Any) -> Any:
        try:
            return valid(value)
        except ConfigErrors as error:
            if await output.is_secret():
                raise error.without_values() from None
            raise

    return output.apply(once_known)


def _known(key: str, value: Any) -> Any:
    if key in _WHOLE_NUMBERS and isinstance(value, float) and value.is_integer():
        return int(value)
    if key not in _PLACEHOLDERS:
        return value
    placeholder = _PLACEHOLDERS[key]
    if _is_later(value):
        return {"repository": placeholder, "tags": {}}.get(key, [placeholder.format(0)])
    if isinstance(value, list | tuple | Mapping):
        known = _unfrozen(value)
        for at, item in _items(value):
            if _is_later(item):
                known[at] = placeholder.format(at)
        return known
    return value


def _now(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: item for key, item in value.items() if not _is_later(item)}
    if isinstance(value, list | tuple):
        return tuple(item for item in value if not _is_later(item))
    return "" if _is_later(value) else value


def _items(value: Any) -> list[tuple[Any, Any]]:
    """The items of a list or map, each with its index or key; none for what is neither."""
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list | tuple) else []


def _unfrozen(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)


def _with(value: Any, at: Any, item: Any) -> Any:
    changed = _unfrozen(value)
    changed[at] = item
    return changed


def _has_later(value: Any) -> bool:
    return _is_later(value) or any(_is_later(item) for _, item in _items(value))


def _is_later(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)
