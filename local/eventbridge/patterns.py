"""Does an event match the pattern of a rule?

eventbridge/latest/userguide/eb-create-pattern-operators.html, and where that page is silent (an empty list, a
list of objects, values of another type) github.com/aws/event-ruler 2.1.0, which is EventBridge's own matcher.
Not repeated are its slips: a wildcard beside ``equals-ignore-case`` that takes what neither does (findings/),
and ``cidr`` that compares addresses of both kinds digit by digit.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any

# Where a value stands in the lists around it: for each list, the steps that lead to it, and an index.
Places = frozenset[tuple[tuple[str | int, ...], int]]

_IP = re.compile(r"[0-9]+(\.[0-9]+){3}|[0-9a-fA-F]*:[0-9a-fA-F:]*")
_ESCAPED = re.compile(r"\\([*\\])|(\*)|([^*\\]+|\\)")
_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether ``event`` has, for every path of ``pattern``, a value that one of the path's filters takes.

    ``pattern`` has to be valid (event_pattern_check). A list matches when one of its elements does, and what
    is found in a list of objects has to stand in one element. It makes no difference whether the names of a
    path are nested or joined by dots.

    >>> matches({"detail": {"image-tag": [{"prefix": "v"}]}}, {"detail": {"image-tag": "v1"}})
    True
    """
    found: dict[str, list[tuple[Any, Places]]] = {}
    for path, value, places in _leaves(event):
        found.setdefault(path, []).append((value, places))
    return any(_holds(filters, found) for filters in _alternatives(pattern, [{}]))


def _alternatives(
    pattern: Mapping[str, Any], before: list[dict[str, list[Any]]], above: str = ""
) -> list[dict[str, list[Any]]]:
    """The filters by path, for each way through the ``$or``; of two lists for a path the later one counts."""
    found = before
    for key, wanted in pattern.items():
        if key == "$or":
            found = [each for branch in wanted for each in _alternatives(branch, found, above)]
        elif isinstance(wanted, Mapping):
            found = _alternatives(wanted, found, f"{above}{key}.")
        else:
            found = [{**filters, f"{above}{key}": wanted} for filters in found]
    return found


def _leaves(
    value: Any, steps: tuple[str | int, ...] = (), places: Places = frozenset()
) -> Iterator[tuple[str, Any, Places]]:
    """An object is no leaf, so a filter does not see it, and an empty list has none: both are absent."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*steps, key), places)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*steps, index), places | {(steps, index)})
    else:
        yield ".".join(step for step in steps if isinstance(step, str)), value, places


def _holds(filters: Mapping[str, list[Any]], found: Mapping[str, list[tuple[Any, Places]]]) -> bool:
    possible: set[Places] = {frozenset()}
    # In order of the names, as event-ruler goes: ``exists: false`` looks at those elements alone that the
    # paths before it have left.
    for path, wanted in sorted(filters.items()):
        leaves = found.get(path, [])
        taken = {places for value, places in leaves if any(_takes(each, value) for each in wanted)}
        absent = set()
        if {"exists": False} in wanted:
            absent = {one for one in possible if not any(_consistent(one | places) for _, places in leaves)}
        both = {one | places for one in possible for places in taken}
        possible = absent | set(filter(_consistent, both))
    return bool(possible)


def _consistent(places: Places) -> bool:
    """Whether no list is looked at in two of its elements."""
    return len(dict(places)) == len(places)


def _takes(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return _same(wanted, value) or (address(wanted) is not None and address(wanted) == address(value))
    ((name, operand),) = wanted.items()
    return _TESTS[name](operand, value)


def _exists(operand: Any, _value: Any) -> bool:
    """Of a value that is there."""
    return bool(operand)


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


def _text(operand: Any, value: Any, *, before: str = "", after: str = "") -> bool:
    """Whether ``value`` is the operand, in any case where it asks for that, between two expressions."""
    if not isinstance(value, str):
        return False
    if isinstance(operand, Mapping):
        # Letter by letter, as event-ruler does: ß is SS, and a final sigma is no capital one.
        letters = operand["equals-ignore-case"]
        text = "".join(f"(?:{re.escape(each.lower())}|{re.escape(each.upper())})" for each in letters)
    else:
        text = re.escape(operand)
    return re.fullmatch(before + text + after, value, re.DOTALL) is not None


def _numeric(operand: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # What no double holds, an integer of 20 digits, is compared with no number.
    if isinstance(value, int) and (value.bit_length() > 1023 or int(float(value)) != value):
        return False
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(_COMPARISONS[sign](value, limit) for sign, limit in pairs)


def address(value: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a text is; neither a number, nor one with a zone or with both notations, is one."""
    if not isinstance(value, str) or not _IP.fullmatch(value):
        return None
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def _cidr(operand: str, value: Any) -> bool:
    found = address(value)
    return found is not None and found in ipaddress.ip_network(operand, strict=False)


def _wildcard(operand: str, value: Any) -> bool:
    return isinstance(value, str) and _expression(operand).fullmatch(value) is not None


@cache
def _expression(text: str) -> re.Pattern[str]:
    parts = (".*" if star else re.escape(escaped or plain) for escaped, star, plain in _ESCAPED.findall(text))
    return re.compile("".join(parts), re.DOTALL)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "anything-but": _anything_but,
    "cidr": _cidr,
    "equals-ignore-case": lambda operand, value: _text({"equals-ignore-case": operand}, value),
    "exactly": _text,
    "exists": _exists,
    "numeric": _numeric,
    "prefix": partial(_text, after=".*"),
    "suffix": partial(_text, before=".*"),
    "wildcard": _wildcard,
}
