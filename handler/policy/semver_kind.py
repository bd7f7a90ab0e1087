"""The policy that takes the highest version in a range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from handler.document.image import Image
from handler.errors import PolicyError
from components.policy_proof.automaton import build
from handler.policy.ranking import Listing
from handler.policy.rank import Left, Rank, Taken
from handler.policy.regex_syntax import parse_regex
from handler.policy.semver import Range
from handler.policy.tag_filters import prefixes
from handler.policy.version import Version

# Every version is among these; what `ignore` leaves of them is what could be selected.
_VERSIONS = r"^v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?$"
_MOST_MAJORS = 10


@dataclass(frozen=True, kw_only=True)
class Semver(Listing):
    """Of the tags that are versions in ``within``, the one with the highest precedence.

    Raises PolicyError when it could never select an image.
    """

    within: str

    def __post_init__(self) -> None:
        try:
            empty = self._range.is_empty()
        except PolicyError as error:
            raise PolicyError(f"{self}, {error.message}", remedy=error.remedy) from error
        if empty:
            raise PolicyError(f"{self}, which no version satisfies", remedy="widen the range")
        self.check(build(parse_regex(_VERSIONS)))

    def __str__(self) -> str:
        return f"semver {self.within!r}"

    def matching(self, image: Image) -> Rank:
        version = Version.parse(image.tag)
        if version is None:
            return Left("is no version such as 1.4.2 or v1.4.2-rc.1")
        if version.prerelease and Version(*version.release) in self._range and version not in self._range:
            return Left(f"is a pre-release, and {self.within} names none that lets it in")
        if version not in self._range:
            return Left(f"is outside of {self.within}")
        return Taken(version, image.tag)

    def tag_filters(self) -> list[Any]:
        majors = self._range.majors()
        if majors is None or len(majors) > _MOST_MAJORS:
            starts = [str(digit) for digit in range(10)]
        else:
            starts = [f"{major}." for major in majors]
        return prefixes([*starts, *(f"v{start}" for start in starts)])

    def specification(self) -> dict[str, Any]:
        return {"semver": self.within, **self.options()}

    @cached_property
    def _range(self) -> Range:
        return Range.parse(self.within)
