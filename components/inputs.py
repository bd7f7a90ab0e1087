"""The component's args -> a pair, also where values are known only after other resources exist.

``checked`` validates everything that is plain at once. Outputs are replaced by placeholders for that,
and validated in an apply, by the same model, as soon as they are known.

What a program in another language passes arrives through Pulumi's protocol, where every number is a
double, and a list or map of which one item is secret is secret as a whole: an Output.

``claim`` keeps two components of one program from the same name and the same job definition.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import get_monitor
from pydantic import BaseModel

from components.pair import Pair, parse
from components.problems import ConfigErrors, Problem, Spelling, classes_of
from components.scope import Tags

# What stands in for a value that is known later, of the keys that take Outputs: whole, or item by item.
PLACEHOLDERS = {
    "repository": "placeholder",
    "job_definitions": "placeholder-{}",
    "pass_roles": "arn:aws:iam::123456789012:role/placeholder-{}",
    "alarm_topics": "arn:aws:sns:us-east-1:123456789012:placeholder-{}",
    "tags": "placeholder",
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

    def pair(self, *fields: str) -> pulumi.Output[Pair]:
        """The pair as soon as ``fields`` are known, whatever stands in for the others."""
        return pulumi.Output.all(*(getattr(self, name) for name in fields)).apply(
            lambda known: self.plain.model_copy(update=dict(zip(fields, known, strict=True)))
        )


def checked(name: str, args: Mapping[str, Any], spelling: Spelling = Spelling.ARGS) -> CheckedInputs:
    """Validates ``args``; raises ConfigErrors at once for whatever is plain.

    The keys of ``args`` are in snake_case; ``spelling`` is that of the errors.
    """

    def pair(values: Mapping[str, Any]) -> Pair:
        return parse(name, _spelled(Pair, values, spelling), spelling=spelling)

    known = {key: _known(key, value) for key, value in args.items()}
    plain = pair(known)
    least = plain.model_copy(update={key: _now(args[key]) for key in PLACEHOLDERS if key in args})

    def whole(key: str) -> pulumi.Output[Any]:
        given = args.get(key)
        if not _is_later(given) and not any(map(_is_later, given or ())):
            return pulumi.Output.from_input(getattr(plain, key))
        # Pulumi looks for Outputs in lists, not in tuples.
        return _validated(
            list(given) if isinstance(given, tuple) else given,
            lambda value: getattr(pair({**known, key: value}), key),
        )

    def parts(key: str) -> Any:
        """Item by item, so that one that is not known yet, or secret, does not hide the others."""
        given = args.get(key, getattr(plain, key))
        if _is_later(given):
            return whole(key).apply(lambda value: list(value) if isinstance(value, tuple) else value)

        def part(at: Any) -> pulumi.Output[Any]:
            def valid(value: Any) -> Any:
                items = copy(known[key])
                items[at] = value
                return getattr(pair({**known, key: items}), key)[at]

            return _validated(given[at], valid)

        return _filled(given, part)

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
    """A value without Outputs."""
    if isinstance(value, float) and value.is_integer() and int in _kinds(Pair, key):
        return int(value)
    if key not in PLACEHOLDERS:
        return value
    stand_in = PLACEHOLDERS[key].format
    if _is_later(value):
        return {"repository": stand_in(0), "tags": {}}.get(key, [stand_in(0)])
    return _filled(value, stand_in) if isinstance(value, list | tuple | Mapping) else value


def _now(value: Any) -> Any:
    """What of a value is known now."""
    if isinstance(value, Mapping):
        return {key: item for key, item in value.items() if not _is_later(item)}
    if isinstance(value, list | tuple):
        return tuple(item for item in value if not _is_later(item))
    return "" if _is_later(value) else value


def _filled(value: Any, stand_in: Callable[[Any], Any]) -> Any:
    """A copy of a list or map, in which ``stand_in(index or key)`` takes the place of what is known later."""
    if isinstance(value, Mapping):
        return {key: stand_in(key) if _is_later(item) else item for key, item in value.items()}
    return [stand_in(index) if _is_later(item) else item for index, item in enumerate(value)]


def _is_later(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)


def _kinds(model: type[BaseModel], key: str) -> list[type]:
    return classes_of(model.model_fields[key].annotation) if key in model.model_fields else []


def _spelled(model: type[BaseModel], values: Mapping[str, Any], spelling: Spelling) -> dict[str, Any]:
    """The args of a component under the keys that users write; other maps than models keep the users' own."""
    written = {}
    for key, value in values.items():
        nested = [kind for kind in _kinds(model, key) if issubclass(kind, BaseModel)]
        inside = nested and isinstance(value, Mapping)
        written[spelling.key(key)] = _spelled(nested[0], value, spelling) if inside else value
    return written


@dataclass
class _Claims:
    """Every physical name follows from the component's, and some resources, such as dashboards, are known to
    the whole account: so each name stands once, whatever the parents and the providers.

    Two components that follow different images would overwrite each other's revisions for ever. The same name
    in another region or account is another job definition, so those claims are kept per provider.
    """

    names: set[str] = field(default_factory=set)
    definitions: dict[tuple[pulumi.ProviderResource | None, str], str] = field(default_factory=dict)


# By the engine's connection: one evaluation of a program has one, tests have many in a process.
_CLAIMS: WeakKeyDictionary[Any, _Claims] = WeakKeyDictionary()


def claim(name: str, definitions: Iterable[str], provider: pulumi.ProviderResource | None) -> None:
    """Records that ``name`` updates ``definitions``; raises ConfigErrors when another claimed either."""
    taken = _CLAIMS.setdefault(get_monitor(), _Claims())
    wanted = [(provider, definition) for definition in definitions]
    twice = [
        Problem(
            pair=name,
            key="job_definitions",
            found=f"{definition[1]}, which {taken.definitions[definition]} has too",
            expected="each job definition in one pair only",
            remedy="remove it from one of the two",
        )
        for definition in wanted
        if definition in taken.definitions
    ]
    if name in taken.names:
        found, rename = "a second component of this name", "rename one of the two"
        expected = "each name once in a program: all physical names follow from it"
        twice = [Problem(pair=name, key="(name)", found=found, expected=expected, remedy=rename)]
    if twice:
        raise ConfigErrors(twice)
    taken.names.add(name)
    taken.definitions.update(dict.fromkeys(wanted, name))
