"""Does an event match the pattern of a rule?

eventbridge/latest/userguide/eb-create-pattern-operators.html, and where that page is silent (an empty list, a
list of objects, values of another type) github.com/aws/event-ruler, which is EventBridge's own matcher.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

_ABSENT = object()
_ESCAPED = re.compile(r"\\([*\\])|(\*)|([^*\\]+|\\)")
_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether ``event`` has, for every field of ``pattern``, a value that one of the field's filters takes.

    ``pattern`` has to be valid (event_pattern_check). A list matches when one of its elements does, and the
    fields of one object are compared with one element of a list of objects.

    >>> matches({"detail": {"image-tag": [{"prefix": "v"}]}}, {"detail": {"image-tag": "v1"}})
    True
    """
    return all(_field(key, wanted, event) for key, wanted in pattern.items())


def _field(key: str, wanted: Any, event: Any) -> bool:
    if key == "$or":
        return any(matches(branch, event) for branch in wanted)
    value = event.get(key, _ABSENT) if isinstance(event, Mapping) else _ABSENT
    if isinstance(wanted, Mapping):
        nodes = [node for node in _flat(value) if isinstance(node, Mapping)]
        return any(matches(wanted, node) for node in nodes or [{}])
    # An object is no leaf, so a filter does not see it, and an empty list has no values: both are absent.
    values = [leaf for leaf in _flat(value) if not isinstance(leaf, Mapping)]
    return any(_takes(each, values) for each in wanted)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif value is not _ABSENT:
        yield value


def _takes(wanted: Any, values: list[Any]) -> bool:
    if not isinstance(wanted, Mapping):
        return any(_same(wanted, value) for value in values)
    ((name, operand),) = wanted.items()
    if name == "exists":
        return bool(values) is operand
    return any(_TESTS[name](operand, value) for value in values)


def _same(wanted: Any, value: Any) -> bool:
    """Equality of JSON values, in which 1 is 1.0 but neither ``true`` nor ``"1"``."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return bool(wanted == value)


def _anything_but(operand: Any, value: Any) -> bool:
    if isinstance(operand, Mapping):
        ((name, inner),) = operand.items()
        return not any(_TESTS[name](each, value) for each in _listed(inner))
    return not any(_same(each, value) for each in _listed(operand))


def _listed(operand: Any) -> list[Any]:
    return operand if isinstance(operand, list) else [operand]


def _end(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    """``prefix`` and ``suffix``, whose operand may ask for another case."""

    def compare(operand: Any, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if isinstance(operand, Mapping):
            return test(value.lower(), operand["equals-ignore-case"].lower())
        return test(value, operand)

    return compare


def _numeric(operand: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARISONS[sign](value, limit) for sign, limit in pairs)


def _cidr(operand: str, value: Any) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


def _wildcard(operand: str, value: Any) -> bool:
    return isinstance(value, str) and _expression(operand).fullmatch(value) is not None


@cache
def _expression(text: str) -> re.Pattern[str]:
    parts = (".*" if star else re.escape(escaped or plain) for escaped, star, plain in _ESCAPED.findall(text))
    return re.compile("".join(parts), re.DOTALL)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": lambda operand, value: isinstance(value, str) and value.lower() == operand.lower(),
    "numeric": _numeric,
    "prefix": _end(str.startswith),
    "suffix": _end(str.endswith),
    "wildcard": _wildcard,
}
