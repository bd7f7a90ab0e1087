"""The policy that takes the tags which match a regular expression."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from components.policy_proof.automaton import Node, build
from handler.policy.ranking import Listing
from handler.policy.order import NUMERIC, PUSHED, ranked
from handler.policy.rank import Left, Rank
from components.policy_proof.steps import check_readings
from handler.policy.regex_syntax import parse_regex
from handler.policy.tag_filters import filters_of


@dataclass(frozen=True, kw_only=True)
class Regex(Listing):
    """Of the tags that match ``pattern``, the last one by ``order``, which looks at the first capture group,
    or at the whole tag where there is none.

    Raises PolicyError when it could never select an image, or when matching could take very long.
    """

    pattern: str
    order: str = PUSHED

    def __post_init__(self) -> None:
        try:
            automaton = build(self._node)
            check_readings(automaton)
        except PolicyError as error:
            raise PolicyError(f"{self}, {error.message}", remedy=error.remedy) from error
        self.check(automaton, number=self.order == NUMERIC)

    def __str__(self) -> str:
        return f"regex {self.pattern!r}"

    @property
    def by_time(self) -> bool:
        return self.order == PUSHED

    def matching(self, image: Image) -> Rank:
        found = re.fullmatch(self.pattern, image.tag, re.ASCII)
        if not found:
            return Left(f"does not match {self.pattern}")
        text = found[1] if found.re.groups else image.tag
        if text is None:
            return Left("what is ordered by, the first group, has matched nothing")
        return ranked(image, text, self.order)

    def tag_filters(self) -> list[Any]:
        return filters_of(self._node)

    def specification(self) -> dict[str, Any]:
        order = {} if self.order == PUSHED else {"order": self.order}
        return {"regex": self.pattern, **order, **self.options()}

    @cached_property
    def _node(self) -> Node:
        return parse_regex(self.pattern)
