"""Ranges of versions: ``>=1.4 <2``, ``~1.4``, ``^1.4``, ``1.x``, ``1.2 - 1.4``, alternatives with ``||``.

What the operators mean is what node-semver means by them (github.com/npm/node-semver, README, "Ranges");
Masterminds' package, which Flux and Argo CD Image Updater use, agrees. Pre-releases are in a range only
where one of its comparators names a pre-release, and a bound that is a release excludes its own
pre-releases: 2.0.0-rc.1 is not below 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import ge, gt, le, lt

from handler.errors import PolicyError
from handler.policy.version import PRERELEASE, Version

_PART = r"0|[1-9][0-9]*|[xX*]"
_COMPARATOR = re.compile(
    rf"(?P<operator>>=|<=|>|<|=|~|\^)?\s*v?(?P<major>{_PART})"
    rf"(?:\.(?P<minor>{_PART})(?:\.(?P<patch>{_PART})(?:-(?P<pre>{PRERELEASE}))?)?)?"
)
_HYPHEN = re.compile(r"(?P<low>\S+)\s+-\s+(?P<high>\S+)")
_LOWEST = "0"  # the pre-release that comes before all others
_TESTS = {">=": ge, ">": gt, "<=": le, "<": lt}
_MOST_MAJORS = 1000
_EXAMPLES = 'such as ">=1.4 <2", "~1.4", "^1.4" or "1.x"'


@dataclass(frozen=True)
class Bound:
    """One side: a version is inside when it compares with ``version`` as ``operator`` says."""

    operator: str
    version: Version

    def holds(self, version: Version) -> bool:
        bound = self.version
        if self.operator == "<" and not bound.prerelease:
            bound = Version(*bound.release, _LOWEST)
        inside: bool = _TESTS[self.operator](version, bound)
        return inside


@dataclass(frozen=True)
class _Set:
    """Bounds that must all hold."""

    bounds: tuple[Bound, ...]
    prereleases: bool

    def holds(self, version: Version) -> bool:
        if version.prerelease and not self.prereleases:
            return False
        return all(bound.holds(version) for bound in self.bounds)

    def is_empty(self) -> bool:
        """Whether no version is inside: then none of those is, one of which is the lowest inside."""
        return not any(map(self.holds, self._lowest()))

    def _lowest(self) -> Iterator[Version]:
        yield Version(0, 0, 0)
        yield Version(0, 0, 0, _LOWEST)
        for bound in self.bounds:
            major, minor, patch = bound.version.release
            yield bound.version
            yield Version(major, minor, patch)
            yield Version(major, minor, patch + 1)
            yield Version(major, minor, patch + 1, _LOWEST)
            if bound.version.prerelease:
                yield Version(major, minor, patch, f"{bound.version.prerelease}.{_LOWEST}")

    def majors(self) -> range | None:
        """The major numbers that are possible; None when there is no end to them."""
        low = max((b.version.major for b in self.bounds if b.operator in (">", ">=")), default=0)
        ends = [
            b.version.major + (b.operator == "<=" or b.version != Version(b.version.major, 0, 0))
            for b in self.bounds
            if b.operator in ("<", "<=")
        ]
        return range(low, min(ends)) if ends else None


@dataclass(frozen=True)
class Range:
    """Versions that satisfy one of several sets of bounds."""

    sets: tuple[_Set, ...]

    @classmethod
    def parse(cls, text: str) -> Range:
        """Raises PolicyError, whose message is the end of a sentence about the range."""
        return cls(tuple(_set(part.strip(), text) for part in text.split("||")))

    def __contains__(self, version: Version) -> bool:
        return any(each.holds(version) for each in self.sets)

    def is_empty(self) -> bool:
        """Whether no version at all is inside."""
        return all(each.is_empty() for each in self.sets)

    def majors(self) -> list[int] | None:
        """The major numbers that a version inside can have; None when there are many, or no end to them."""
        found: set[int] = set()
        for each in self.sets:
            majors = each.majors()
            # Nobody needs a list of all the dates that a version can begin with.
            if majors is None or len(majors) > _MOST_MAJORS:
                return None
            found.update(majors)
        return sorted(found)


def _set(text: str, whole: str) -> _Set:
    hyphen = _HYPHEN.fullmatch(text)
    parts = [f">={hyphen['low']}", f"<={hyphen['high']}"] if hyphen else _split(text)
    found = [_COMPARATOR.fullmatch(part) for part in parts]
    wrong = [part for part, match in zip(parts, found, strict=True) if not match]
    if wrong or not parts:
        what = f"in which {wrong[0]!r} is no comparator" if wrong else "which has an empty alternative"
        raise PolicyError(what if whole.strip() else "which is empty", remedy=f"write a range {_EXAMPLES}")
    matches = [match for match in found if match]
    return _Set(
        tuple(bound for match in matches for bound in _bounds(match)),
        prereleases=any(match["pre"] for match in matches),
    )


def _split(text: str) -> list[str]:
    """The comparators, apart by white space or commas; an operator may stand apart from its version."""
    return re.sub(r"(>=|<=|>|<|=|~|\^)\s+", r"\1", text.replace(",", " ")).split()


def _bounds(match: re.Match[str]) -> tuple[Bound, ...]:
    numbers = [_number(match[part]) for part in ("major", "minor", "patch")]
    given = next((at for at, number in enumerate(numbers) if number is None), 3)
    major, minor, patch = (number or 0 for number in [*numbers[:given], *[0] * (3 - given)])
    low = Version(major, minor, patch, match["pre"] or "")
    if given == 0:
        return _of_anything(match["operator"])
    end = _next(low, given)
    match match["operator"]:
        case ">=":
            return (Bound(">=", low),)
        case ">":
            return (Bound(">", low) if given == 3 else Bound(">=", end),)
        case "<":
            return (Bound("<", low),)
        case "<=":
            return (Bound("<=", low) if given == 3 else Bound("<", end),)
        case "~":
            return (Bound(">=", low), Bound("<", _next(low, min(given, 2))))
        case "^":
            return (Bound(">=", low), Bound("<", _next(low, _leftmost(low, given))))
    return (Bound(">=", low), Bound("<=", low) if given == 3 else Bound("<", end))


def _of_anything(operator: str | None) -> tuple[Bound, ...]:
    """``*`` alone is every version; nothing is above or below all of them."""
    lowest = Version(0, 0, 0)
    return (Bound("<", lowest),) if operator in (">", "<") else (Bound(">=", lowest),)


def _leftmost(version: Version, given: int) -> int:
    """How many numbers, from the left, ``^`` keeps: up to the first that is not 0."""
    return next((at for at, number in enumerate(version.release[:given], 1) if number), given)


def _next(version: Version, kept: int) -> Version:
    """The lowest version above all that agree in the first ``kept`` numbers."""
    major, minor, patch = version.release
    match kept:
        case 1:
            return Version(major + 1, 0, 0)
        case 2:
            return Version(major, minor + 1, 0)
    return Version(major, minor, patch + 1)


def _number(text: str | None) -> int | None:
    return None if text is None or text in "xX*" else int(text)
