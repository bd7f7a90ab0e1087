"""The policy that takes the highest version in a range: ``>=1.4 <2``, ``~1.4``, ``^1.4``, ``1.x``,
``1.2 - 1.4``, alternatives with ``||``.

What the operators mean is what node-semver means by them (github.com/npm/node-semver, README, "Ranges");
Masterminds' package, which Flux and Argo CD Image Updater use, agrees. Pre-releases are in a range only
where one of its comparators names a pre-release, and a bound that is a release excludes its own
pre-releases: 2.0.0-rc.1 is not below 2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, reduce, total_ordering
from itertools import takewhile
from operator import and_
from typing import Any, ClassVar

from handler.document.image import Image
from handler.errors import PolicyError
from handler.policy.ranking import Left, Listing, Rank, Taken

_NUMBER = r"0|[1-9][0-9]*"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
# Without build metadata: a tag has no "+".
_PRERELEASE = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
_VERSION = re.compile(rf"v?({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_PRERELEASE}))?")
_PART = rf"{_NUMBER}|[xX*]"
_COMPARATOR = re.compile(
    rf"(?P<operator>>=|<=|>|<|=|~|\^)?\s*v?(?P<major>{_PART})"
    rf"(?:\.(?P<minor>{_PART})(?:\.(?P<patch>{_PART})(?:-(?P<pre>{_PRERELEASE}))?)?)?"
)
_HYPHEN = re.compile(r"(?P<low>\S+)\s+-\s+(?P<high>\S+)")


@total_ordering
@dataclass(frozen=True)
class Version:
    """A version as semver.org 2.0.0 defines it: three numbers, and a pre-release or "".

    Of several the greater one has precedence.

    >>> Version.parse("v1.4.0-rc.2") < Version.parse("1.4.0-rc.11") < Version.parse("1.4.0")
    True
    """

    release: tuple[int, ...]
    prerelease: str = ""

    @classmethod
    def parse(cls, tag: str) -> Version | None:
        """The version that the whole tag names, with or without a leading ``v``; None if it names none."""
        found = _VERSION.fullmatch(tag)
        return cls(tuple(map(int, found.groups()[:3])), found[4] or "") if found else None

    def __str__(self) -> str:
        return ".".join(map(str, self.release)) + (f"-{self.prerelease}" if self.prerelease else "")

    def __lt__(self, other: Version) -> bool:
        return self._precedence() < other._precedence()

    def _precedence(self) -> tuple[Any, ...]:
        """A release comes after its pre-releases; their identifiers compare one by one, numbers first."""
        parts = self.prerelease.split(".")
        identifiers = [(not each.isdecimal(), int(each) if each.isdecimal() else 0, each) for each in parts]
        return self.release, not self.prerelease, identifiers

    def first(self) -> Version:
        """The lowest of the pre-releases of this release."""
        return Version(self.release, "0")

    def next(self) -> Version:
        """What comes at once after this version: none is between them.

        >>> str(Version((1, 4, 2)).next()), str(Version((1, 4, 2), "rc.1").next())
        ('1.4.3-0', '1.4.2-rc.1.0')
        """
        if self.prerelease:
            return Version(self.release, f"{self.prerelease}.0")
        return self.above(3).first()

    def above(self, kept: int) -> Version:
        """The lowest release above all versions that agree with this one in the first ``kept`` numbers."""
        *same, last = self.release[:kept]
        return Version((*same, last + 1, *[0] * (3 - kept)))


@dataclass(frozen=True)
class Range:
    """The versions from ``low`` on and below ``high``, or without end; pre-releases only where it says so."""

    low: Version
    high: Version | None = None
    prereleases: bool = False

    def __contains__(self, version: Version) -> bool:
        fits = self.prereleases or not version.prerelease
        return fits and self.low <= version and (self.high is None or version < self.high)

    def __and__(self, other: Range) -> Range:
        high = min((each.high for each in (self, other) if each.high is not None), default=None)
        return Range(max(self.low, other.low), high, self.prereleases or other.prereleases)


@dataclass(frozen=True, kw_only=True)
class Semver(Listing):
    """Of the tags that are versions in one of the ranges that ``pattern`` names, the one with the highest
    precedence.

    Raises PolicyError when ``pattern`` can't be read.
    """

    kind: ClassVar[str] = "semver"

    def __post_init__(self) -> None:
        _ = self.ranges

    @property
    def by_time(self) -> bool:
        """Versions have an order of their own."""
        return False

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """The alternatives."""
        return tuple(_range(part.strip(), self) for part in self.pattern.split("||"))

    def matching(self, image: Image) -> Rank:
        version = Version.parse(image.tag)
        if version is None:
            return Left("is no version such as 1.4.2 or v1.4.2-rc.1")
        if any(version in each for each in self.ranges):
            return Taken(version, image.tag)
        if version.prerelease and any(Version(version.release) in each for each in self.ranges):
            return Left(f"is a pre-release, and {self.pattern} names none that lets it in")
        return Left(f"is outside of {self.pattern}")


def _range(text: str, policy: Semver) -> Range:
    """What all comparators of one alternative have in common."""
    hyphen = _HYPHEN.fullmatch(text)
    # Comparators stand apart by white space or commas; an operator may stand apart from its version.
    parts = re.sub(r"(>=|<=|>|<|=|~|\^)\s+", r"\1", text.replace(",", " ")).split()
    if hyphen:
        parts = [f">={hyphen['low']}", f"<={hyphen['high']}"]
    found = [_COMPARATOR.fullmatch(part) for part in parts]
    if not all(found) or not found:
        what = "which has an empty alternative" if policy.pattern.strip() else "which is empty"
        wrong = next((part for part, match in zip(parts, found, strict=True) if not match), None)
        raise PolicyError(
            f"{policy}, {f'in which {wrong!r} is no comparator' if wrong else what}",
            remedy='write a range such as ">=1.4 <2", "~1.4", "^1.4" or "1.x"',
        )
    return reduce(and_, (_compared(match) for match in found if match))


def _compared(match: re.Match[str]) -> Range:
    """The versions that one comparator lets in."""
    parts = (match["major"], match["minor"], match["patch"])
    numbers = [int(part) for part in takewhile(lambda part: part and part.isdecimal(), parts)]
    given, operator, prereleases = len(numbers), match["operator"], match["pre"] is not None
    if given == 0:
        # Every version; nothing is above or below all of them.
        return Range(_ZERO, _ZERO if operator in (">", "<") else None, prereleases)
    named = Version((*numbers, *[0] * (3 - given)), match["pre"] or "")
    end = named.next() if given == 3 else named.above(given).first()
    match operator:
        case ">=":
            return Range(named, None, prereleases)
        case ">":
            return Range(end if given == 3 else named.above(given), None, prereleases)
        case "<":
            return Range(_ZERO.first(), named if named.prerelease else named.first(), prereleases)
        case "<=":
            return Range(_ZERO.first(), end, prereleases)
        case "~":
            end = named.above(min(given, 2)).first()
        case "^":
            # What is kept are the numbers up to the first that is not 0.
            end = named.above(next((at for at, number in enumerate(numbers, 1) if number), given)).first()
    return Range(named, end, prereleases)


_ZERO = Version((0, 0, 0))
