"""Is this text an event pattern? What PutRule refuses, with the reasons that EventBridge gives.

The rules are those of github.com/aws/event-ruler (JsonRuleCompiler), EventBridge's own matcher. The
complexity of wildcards is not checked: AWS does not state its limit.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any

from local.http import ApiError

# eventbridge/latest/userguide/eb-quota.html, the default
_LONGEST = 2048
_SIGNS = ("<", "<=", "=", ">=", ">")
_STRINGS = ("equals-ignore-case", "prefix", "suffix", "wildcard")


class InvalidPattern(Exception):
    """The reason why a text is no event pattern."""


def read_pattern(text: str) -> dict[str, Any]:
    """The pattern in ``text``; raises ApiError as PutRule refuses it.

    That a pattern over the quota's 2,048 characters is a LimitExceededException is inferred.
    """
    if len(text) > _LONGEST:
        raise ApiError(
            "LimitExceededException", f"The event pattern has {len(text)} characters, over {_LONGEST}"
        )
    try:
        pattern: dict[str, Any] = json.loads(text)
        _check_object(pattern)
    except (InvalidPattern, ValueError) as error:
        raise ApiError(
            "InvalidEventPatternException", f"Event pattern is not valid. Reason: {error}"
        ) from error
    return pattern


def _check_object(pattern: Any) -> None:
    if not isinstance(pattern, Mapping):
        raise InvalidPattern("Filter is not an object")
    if not pattern:
        raise InvalidPattern("Empty objects are not allowed")
    for key, value in pattern.items():
        if key == "$or":
            _check_or(value)
        elif isinstance(value, Mapping):
            _check_object(value)
        elif isinstance(value, list):
            _check_filters(value)
        else:
            raise InvalidPattern(f'"{key}" must be an object or an array')


def _check_or(branches: Any) -> None:
    if not isinstance(branches, list):
        raise InvalidPattern("It must be an Array followed with $or.")
    for branch in branches:
        if not isinstance(branch, Mapping):
            raise InvalidPattern("Only JSON object is allowed in array of $or relationship.")
        _check_object(branch)
    if len(branches) < 2:
        raise InvalidPattern("There must have at least 2 Objects in $or relationship.")


def _check_filters(filters: list[Any]) -> None:
    if not filters:
        raise InvalidPattern("Empty arrays are not allowed")
    for each in filters:
        if isinstance(each, list):
            raise InvalidPattern("Match value must be String, number, true, false, or null")
        if isinstance(each, Mapping):
            _check_operator(each)


def _check_operator(operator: Mapping[str, Any]) -> None:
    if not operator:
        raise InvalidPattern("Match expression name not found")
    if len(operator) > 1:
        raise InvalidPattern("Only one key allowed in match expression")
    ((name, operand),) = operator.items()
    if name in ("prefix", "suffix") and isinstance(operand, Mapping):
        if list(operand) != ["equals-ignore-case"]:
            raise InvalidPattern(f"Unsupported {name} pattern: {', '.join(operand)}")
        ((name, operand),) = operand.items()
    if name in _STRINGS:
        _check_string(name, operand)
    elif name in _CHECKS:
        _CHECKS[name](operand)
    else:
        raise InvalidPattern(f"Unrecognized match type {name}")


def _check_string(name: str, operand: Any) -> None:
    if not isinstance(operand, str):
        raise InvalidPattern(f"{name} match pattern must be a string")
    if name != "wildcard":
        return
    plain = re.sub(r"\\[*\\]", "  ", operand)
    if (position := plain.find("**")) >= 0:
        raise InvalidPattern(f"Consecutive wildcard characters at pos {position}")
    if (position := plain.find("\\")) >= 0:
        raise InvalidPattern(f"Invalid escape character at pos {position}")


def _check_anything_but(operand: Any) -> None:
    if isinstance(operand, Mapping):
        if len(operand) != 1 or next(iter(operand)) not in _STRINGS:
            raise InvalidPattern(f"Unsupported anything-but pattern: {', '.join(operand)}")
        ((name, inner),) = operand.items()
        for each in inner if isinstance(inner, list) else [inner]:
            _check_string(name, each)
            if name in ("prefix", "suffix") and not each:
                raise InvalidPattern("Null prefix/suffix not allowed")
        return
    values = operand if isinstance(operand, list) else [operand]
    kinds = {str if isinstance(each, str) else float if _is_number(each) else None for each in values}
    if None in kinds:
        raise InvalidPattern("Inside anything but list, start|null|boolean is not supported.")
    if len(kinds) != 1:
        raise InvalidPattern(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
        )


def _check_exists(operand: Any) -> None:
    if not isinstance(operand, bool):
        raise InvalidPattern("exists match pattern must be either true or false.")


def _check_numeric(operand: Any) -> None:
    if not isinstance(operand, list):
        raise InvalidPattern("Value of numeric must be an array.")
    signs, limits = operand[::2], operand[1::2]
    if not signs or any(sign not in _SIGNS for sign in signs):
        raise InvalidPattern("Unrecognized numeric range operator")
    if len(signs) != len(limits) or not all(map(_is_number, limits)):
        raise InvalidPattern("Value of a numeric range must be numeric")
    if len(signs) > 2:
        raise InvalidPattern("Too many elements in numeric expression")


def _check_cidr(operand: Any) -> None:
    if not isinstance(operand, str):
        raise InvalidPattern("prefix match pattern must be a string")
    try:
        ipaddress.ip_network(operand, strict=False)
    except ValueError as error:
        raise InvalidPattern(f"Malformed CIDR, {error}") from error


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_CHECKS = {
    "anything-but": _check_anything_but,
    "cidr": _check_cidr,
    "exists": _check_exists,
    "numeric": _check_numeric,
}
