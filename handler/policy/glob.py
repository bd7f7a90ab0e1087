"""The policy that takes the tags which match a pattern with ``*`` and ``?``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from components.policy_proof.automaton import build
from handler.policy.glob_pattern import glob_filters, glob_node, matches
from handler.policy.ranking import Listing
from handler.policy.order import NUMERIC, PUSHED, ranked
from handler.policy.rank import Left, Rank


@dataclass(frozen=True, kw_only=True)
class Glob(Listing):
    """Of the tags that match ``pattern``, the last one by ``order``: push time, number or text.

    Raises PolicyError when it could never select an image.
    """

    pattern: str
    order: str = PUSHED

    def __post_init__(self) -> None:
        node = glob_node(self.pattern)
        try:
            automaton = build(node)
        except PolicyError as error:
            raise PolicyError(f"{self}, {error.message}", remedy=error.remedy) from error
        self.check(automaton, number=self.order == NUMERIC)

    def __str__(self) -> str:
        return f"glob {self.pattern!r}"

    @property
    def by_time(self) -> bool:
        return self.order == PUSHED

    def matching(self, image: Image) -> Rank:
        if not matches(self.pattern, image.tag):
            return Left(f"does not match {self.pattern}")
        return ranked(image, image.tag, self.order)

    def tag_filters(self) -> list[Any]:
        return glob_filters(self.pattern)

    def specification(self) -> dict[str, Any]:
        order = {} if self.order == PUSHED else {"order": self.order}
        return {"glob": self.pattern, **order, **self.options()}
