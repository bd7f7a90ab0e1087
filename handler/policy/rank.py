"""A policy's word on one image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handler.value import Value


@dataclass(frozen=True, order=True)
class Taken:
    """The image is a candidate; of several, the one with the greatest ``key`` is selected.

    Keys of one policy compare with each other. Equal ones differ in ``tag``, whose characters then decide:
    no order of listing, no second push and no clock can change which image is selected.
    """

    key: Any
    tag: str


@dataclass(frozen=True, eq=False, repr=False)
class Left(Value):
    """The image is no candidate, and why."""

    reason: str


Rank = Taken | Left


def outranks(one: Rank, other: Taken) -> bool:
    """Whether ``one`` is a candidate that would be selected over ``other``."""
    return isinstance(one, Taken) and one > other
