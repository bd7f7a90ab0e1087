"""The keys that are understood but whose behaviour does not exist yet.

Refused rather than ignored. Whoever builds the behaviour deletes the row, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _is_true(value: Any) -> bool:
    return value is True


# Field of Pair -> whether its value asks for what does not exist yet.
NOT_YET: Mapping[str, Callable[[Any], bool]] = {
    "notify": _is_true,
}
