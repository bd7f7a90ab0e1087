"""Is this text an event pattern? What PutRule refuses, with the reasons that EventBridge gives.

The rules are those of github.com/aws/event-ruler 2.1.0 (JsonRuleCompiler), EventBridge's own matcher. The
complexity of wildcards is not checked: AWS does not state its limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from math import prod
from typing import Any

from local.eventbridge.json_positions import Node, place, read
from local.eventbridge.patterns import address
from local.http import ApiError

# eventbridge/latest/userguide/eb-quota.html, the default
_LONGEST = 2048
_SIGNS = ("<", "<=", "=", ">=", ">")
# What names no field within an $or, beside the operators: those of the future.
_RESERVED = re.compile(
    r"regex|not-wildcard|not-equals-ignore-case|date-(on-or-)?(after|before)|in-date-range"
    r"|ip-address-(not-)?in-range"
)
# eventbridge/latest/userguide/eb-create-pattern-operators.html; the message is not AWS's.
_MOST_COMBINATIONS = 1000
_ONE_KEY = "Only one key allowed in match expression"
_TOO_MANY = "Too many elements in numeric expression"


class InvalidPattern(Exception):
    """The reason why a text is no event pattern, and the position that it holds for, if it is one."""

    def __init__(self, reason: str, position: int | None) -> None:
        super().__init__(reason)
        self.position = position


def read_pattern(text: str) -> dict[str, Any]:
    """The pattern in ``text``; raises ApiError as PutRule refuses it.

    That a pattern over the quota's 2,048 characters is a LimitExceededException is inferred.
    """
    if len(text) > _LONGEST:
        raise ApiError(
            "LimitExceededException", f"The event pattern has {len(text)} characters, over {_LONGEST}"
        )
    try:
        _check_pattern(text)
    except InvalidPattern as error:
        where = "" if error.position is None else f"\n at {place(text, error.position)}"
        reason = f"Event pattern is not valid. Reason: {error}{where}"
        raise ApiError("InvalidEventPatternException", reason) from error
    pattern: dict[str, Any] = json.loads(text)
    return pattern


def _check_pattern(text: str) -> None:
    try:
        pattern = read(text)
    except json.JSONDecodeError as error:
        raise InvalidPattern(error.msg.removesuffix(" at"), error.pos) from error
    if not _is_object(pattern):
        raise InvalidPattern("Filter is not an object", pattern.start)
    _check_object(pattern)
    if _combinations(pattern) > _MOST_COMBINATIONS:
        reason = f"The branches of $or have more than {_MOST_COMBINATIONS} combinations"
        raise InvalidPattern(reason, pattern.end)


def _combinations(pattern: Node) -> int:
    """In how many ways one branch of each ``$or`` can be taken."""
    if isinstance(pattern.value, list):
        return sum(map(_combinations, pattern.value))
    ways = (_combinations(node) for key, node in pattern.value.items() if key == "$or" or _is_object(node))
    return prod(ways)


def _check_object(pattern: Node, *, in_or: bool = False) -> None:
    if not pattern.value:
        raise InvalidPattern("Empty objects are not allowed", pattern.end)
    for key, node in pattern.value.items():
        if key == "$or":
            _check_or(node)
        elif in_or and (key in _OPERATORS or key in _SIGNS or _RESERVED.fullmatch(key)):
            reason = f"{key} is Ruler reserved fieldName which cannot be used inside $or."
            raise InvalidPattern(reason, node.start)
        elif _is_object(node):
            _check_object(node, in_or=in_or)
        elif isinstance(node.value, list):
            _check_filters(node)
        else:
            raise InvalidPattern(f'"{key}" must be an object or an array', node.start)


def _check_or(branches: Node) -> None:
    if not isinstance(branches.value, list):
        raise InvalidPattern("It must be an Array followed with $or.", branches.start)
    for branch in branches.value:
        if not _is_object(branch):
            raise InvalidPattern("Only JSON object is allowed in array of $or relationship.", branch.start)
        _check_object(branch, in_or=True)
    if len(branches.value) < 2:
        raise InvalidPattern("There must have at least 2 Objects in $or relationship.", branches.end)


def _check_filters(filters: Node) -> None:
    if not filters.value:
        raise InvalidPattern("Empty arrays are not allowed", filters.end)
    for each in filters.value:
        if isinstance(each.value, list):
            raise InvalidPattern("Match value must be String, number, true, false, or null", each.start)
        if _is_object(each):
            _check_operator(each, _OPERATORS, "Match expression name not found", "Unrecognized match type")


_Check = Callable[[Node], None]


def _check_operator(node: Node, operators: Mapping[str, _Check], missing: str, unknown: str) -> None:
    """Refuses an object whose one key is none of ``operators``, or with a value that the operator refuses."""
    if not node.value:
        raise InvalidPattern(missing, node.end)
    (name, operand), *others = node.value.items()
    if name not in operators:
        raise InvalidPattern(f"{unknown} {name}", operand.start)
    operators[name](operand)
    if others:
        many = name in ("anything-but", "numeric") or operators is _ANYTHING_BUT
        raise InvalidPattern(_TOO_MANY if many else _ONE_KEY, others[0][1].start)


def _check_text(name: str, operand: Node) -> None:
    if not isinstance(operand.value, str):
        raise InvalidPattern(f"{name} match pattern must be a string", operand.start)


def _check_end(name: str, operand: Node) -> None:
    """A prefix or suffix."""
    if _is_object(operand):
        missing = f"{name.capitalize()} expression name not found"
        _check_operator(operand, _ANY_CASE, missing, f"Unsupported {name} pattern:")
    else:
        _check_text(name, operand)


def _check_wildcard(operand: Node) -> None:
    _check_text("wildcard", operand)
    # Escaped characters are none to look at. Positions count bytes, and the quotation mark before them.
    plain = re.sub(rb"\\[*\\]", b"  ", f'"{operand.value}"'.encode(errors="replace"))
    if wrong := re.search(rb"\*\*|\\", plain):
        kind = "Invalid escape character" if wrong[0] == b"\\" else "Consecutive wildcard characters"
        raise InvalidPattern(f"{kind} at pos {wrong.start()}", operand.end)


def _check_anything_but(operand: Node) -> None:
    if _is_object(operand):
        missing = "Anything-But expression name not found"
        _check_operator(operand, _ANYTHING_BUT, missing, "Unsupported anything-but pattern:")
        return
    _check_scalar_or_list(operand)
    listed = isinstance(operand.value, list)
    for each in _listed(operand):
        if isinstance(each.value, str):
            continue
        if not _is_number(each):
            reason = "Inside anything but list, start|null|boolean is not supported."
            raise InvalidPattern(reason, each.start)
        _check_comparable(each, each.end if listed else None)
    if len({isinstance(each.value, str) for each in _listed(operand)}) != 1:
        reason = "either all values are number or string, mixed type is not supported"
        raise InvalidPattern(f"Inside anything but list, {reason}", operand.end)


def _check_none_of(check: _Check, operand: Node) -> None:
    """Of ``anything-but``, the texts that an operator refuses to see."""
    _check_scalar_or_list(operand)
    for each in _listed(operand):
        check(each)
    # event-ruler takes an empty list here, and then fails on each event.
    if not _listed(operand):
        raise InvalidPattern("Empty arrays are not allowed", operand.end)


def _check_not_any_case(operand: Node) -> None:
    if not isinstance(operand.value, str):
        reason = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
        raise InvalidPattern(reason, operand.start)


def _check_no_end(operand: Node) -> None:
    _check_text("prefix/suffix", operand)
    if not operand.value:
        raise InvalidPattern("Null prefix/suffix not allowed", operand.end)


def _check_scalar_or_list(operand: Node) -> None:
    if not isinstance(operand.value, str | list) and not _is_number(operand):
        reason = "Value of anything-but must be an array or single string/number value."
        raise InvalidPattern(reason, operand.start)


def _listed(operand: Node) -> list[Node]:
    return operand.value if isinstance(operand.value, list) else [operand]


def _check_exists(operand: Node) -> None:
    if not isinstance(operand.value, bool):
        raise InvalidPattern("exists match pattern must be either true or false.", operand.start)


def _check_numeric(operand: Node) -> None:
    if not isinstance(operand.value, list):
        raise InvalidPattern("Value of numeric must be an array.", operand.start)
    closing = Node(None, "]", operand.end, operand.end)
    sign, limit, second, top, beyond = [*operand.value, *[closing] * 5][:5]
    if not isinstance(sign.value, str):
        raise InvalidPattern(f"Invalid member in numeric match: {sign.text}", sign.start)
    if sign.value not in _SIGNS:
        raise InvalidPattern(f"Unrecognized numeric range operator: {sign.value}", limit.start)
    _check_limit("equals" if sign.value == "=" else sign.value, limit)
    if second is closing:
        _check_comparable(limit, operand.end)
    elif sign.value not in (">", ">="):
        raise InvalidPattern(_TOO_MANY, second.start)
    else:
        _check_second(second, top)
        if beyond is not closing:
            raise InvalidPattern("Too many terms in numeric range expression", beyond.start)
        for each in (limit, top):
            _check_comparable(each, operand.end)
        if limit.value >= top.value:
            raise InvalidPattern("Bottom must be less than top", operand.end)


def _check_second(second: Node, top: Node) -> None:
    if not isinstance(second.value, str):
        raise InvalidPattern(f"Bad value in numeric range: {second.text}", second.start)
    if second.value not in ("<", "<="):
        raise InvalidPattern(f"Bad numeric range operator: {second.value}", second.end)
    _check_limit(second.value, top)


def _check_limit(sign: str, limit: Node) -> None:
    if not _is_number(limit):
        raise InvalidPattern(f"Value of {sign} must be numeric", limit.start)


def _check_comparable(number: Node, position: int | None) -> None:
    """Numbers are compared as doubles: what a double does not hold, an integer of 20 digits, is refused."""
    if Decimal(repr(float(number.text))) != Decimal(number.text):
        raise InvalidPattern(f"Cannot compare number : {number.text}", position)


def _is_object(node: Node) -> bool:
    return isinstance(node.value, Mapping)


def _is_number(node: Node) -> bool:
    return isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _check_cidr(operand: Node) -> None:
    _check_text("prefix", operand)
    start, *masks = str(operand.value).split("/")
    if len(masks) != 1 or not masks[0]:
        raise InvalidPattern("Malformed CIDR, one '/' required", None)
    if not re.fullmatch(r"[+-]?[0-9]+", masks[0]):
        raise InvalidPattern("Malformed CIDR, mask bits must be an integer", None)
    bits, ip = int(masks[0]), address(start)
    if bits < 0:
        raise InvalidPattern("Malformed CIDR, mask bits must not be negative", None)
    if ip is None:
        raise InvalidPattern(f"Nonstandard IP address: {start}", None)
    if bits >= ip.max_prefixlen:
        raise InvalidPattern(f"IPv{ip.version} mask bits must be < {ip.max_prefixlen}", None)


_ANY_CASE: dict[str, _Check] = {"equals-ignore-case": partial(_check_text, "equals-ignore-case")}
_ANYTHING_BUT: dict[str, _Check] = {
    "equals-ignore-case": partial(_check_none_of, _check_not_any_case),
    "prefix": partial(_check_none_of, _check_no_end),
    "suffix": partial(_check_none_of, _check_no_end),
    "wildcard": partial(_check_none_of, _check_wildcard),
}
_OPERATORS: dict[str, _Check] = {
    **_ANY_CASE,
    "anything-but": _check_anything_but,
    "cidr": _check_cidr,
    "exactly": partial(_check_text, "exact"),
    "exists": _check_exists,
    "numeric": _check_numeric,
    "prefix": partial(_check_end, "prefix"),
    "suffix": partial(_check_end, "suffix"),
    "wildcard": _check_wildcard,
}
