"""What the policies have in common that choose among many tags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from components.policy_proof.automaton import Automaton, build
from components.policy_proof.proof import selects_nothing
from handler.policy.glob_pattern import glob_node, matches
from handler.policy.rank import Left, Rank
from handler.policy.tags import is_referrer


@dataclass(frozen=True, kw_only=True)
class Listing(ABC):
    """Ranks every tag that ECR holds. ``ignore`` are patterns of tags that are never candidates.

    Unless ``allow_downgrade``, a definition stays where it is when the image that it carries disappears
    and only lower ones are left.
    """

    ignore: tuple[str, ...] = ()
    allow_downgrade: bool = False

    @property
    def tag(self) -> None:
        """There is no one tag to ask for: all must be listed."""
        return None

    @property
    def by_time(self) -> bool:
        """Whether the time of the push decides, which no tag tells."""
        return False

    def rank(self, image: Image) -> Rank:
        """The policy's word on a tagged image."""
        for pattern in self.ignore:
            if matches(pattern, image.tag):
                return Left(f"ignored by {pattern}")
        if is_referrer(image.tag):
            return Left("stands beside another image: a signature, an attestation or a SOCI index")
        return self.matching(image)

    @abstractmethod
    def matching(self, image: Image) -> Rank:
        """The rank of an image whose tag is not ignored."""

    @abstractmethod
    def tag_filters(self) -> list[Any]:
        """The values of ``image-tag`` in an EventBridge pattern that let every push through that can change
        what this policy selects."""

    @abstractmethod
    def specification(self) -> Mapping[str, Any]:
        """The JSON object that ``parse`` turns into an equal policy."""

    def options(self) -> dict[str, Any]:
        """The part of the specification that every such policy may have; defaults are left out."""
        ignore: dict[str, Any] = {"ignore": list(self.ignore)} if self.ignore else {}
        return ignore | ({"allowDowngrade": True} if self.allow_downgrade else {})

    def check(self, automaton: Automaton, *, number: bool = False) -> None:
        """Raises PolicyError when no tag could be selected; ``number``: by a number in it only."""
        if selects_nothing(automaton):
            raise PolicyError(f"{self}, which no tag can match", remedy="compare it with a tag that you push")
        if number and selects_nothing(automaton, number=True):
            raise PolicyError(
                f"{self} with order numeric, where what is ordered by can't be a number",
                remedy="put the number into the first group of a regex, such as ^main-([0-9]+)$",
            )
        if self.ignore and selects_nothing(automaton, [build(glob_node(text)) for text in self.ignore]):
            raise PolicyError(
                f"{self}, of which ignore {list(self.ignore)} leaves no tag",
                remedy="ignore fewer tags",
            )
