"""ECR's pages: ``maxResults`` and an opaque ``nextToken``."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from local.http import ApiError

_DEFAULT, _MOST = 100, 1000
Item = TypeVar("Item")


def page(body: Mapping[str, Any], numbered: Iterable[tuple[int, Item]]) -> tuple[list[Item], dict[str, str]]:
    """The page that ``body`` asks for, and the answer's ``nextToken``, if there is more.

    ``numbered`` holds all items in ascending order of a number that stays theirs, so that an item which
    vanishes between two pages moves no other. Raises ApiError for a bad ``maxResults`` or ``nextToken``.
    AmazonECR/latest/APIReference/API_DescribeImages.html
    """
    size = body.get("maxResults", _DEFAULT)
    if not isinstance(size, int) or not 1 <= size <= _MOST:
        bound = f"less than or equal to {_MOST}" if size != 0 else "greater than or equal to 1"
        raise invalid("maxResults", f"Member must have value {bound}")
    start = _start(body.get("nextToken"))
    items: list[Item] = []
    for number, item in numbered:
        if number < start:
            continue
        if len(items) == size:
            return items, {"nextToken": _token(number)}
        items.append(item)
    return items, {}


def invalid(parameter: str, constraint: str) -> ApiError:
    """ECR's error for a parameter that it does not accept."""
    return ApiError(
        "InvalidParameterException",
        f"Invalid parameter at '{parameter}' failed to satisfy constraint: '{constraint}'",
    )


def _token(number: int) -> str:
    return base64.urlsafe_b64encode(f"from {number}".encode()).decode()


def _start(token: Any) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(str(token)).decode().removeprefix("from "))
    except ValueError as error:
        raise invalid("nextToken", "Invalid token") from error
