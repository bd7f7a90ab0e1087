"""Versions as semver.org 2.0.0 defines them, and their precedence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

_NUMBER = r"0|[1-9][0-9]*"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
# Without build metadata: a tag has no "+".
PRERELEASE = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
_VERSION = re.compile(rf"v?({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({PRERELEASE}))?")


@total_ordering
@dataclass(frozen=True)
class Version:
    """``prerelease`` is "" for a release; of several the greater one has precedence.

    >>> Version.parse("v1.4.0-rc.2") < Version.parse("1.4.0-rc.11") < Version.parse("1.4.0")
    True
    """

    major: int
    minor: int
    patch: int
    prerelease: str = ""

    @classmethod
    def parse(cls, tag: str) -> Version | None:
        """The version that the whole tag names, with or without a leading ``v``; None if it names none."""
        found = _VERSION.fullmatch(tag)
        if not found:
            return None
        return cls(int(found[1]), int(found[2]), int(found[3]), found[4] or "")

    def __str__(self) -> str:
        suffix = f"-{self.prerelease}" if self.prerelease else ""
        return f"{self.major}.{self.minor}.{self.patch}{suffix}"

    @property
    def release(self) -> tuple[int, int, int]:
        """The three numbers."""
        return (self.major, self.minor, self.patch)

    def __lt__(self, other: Version) -> bool:
        return self._precedence() < other._precedence()

    def _precedence(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        """A release comes after its pre-releases; their identifiers compare one by one, numbers first."""
        identifiers = tuple(
            (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
            for part in self.prerelease.split(".")
        )
        return self.release, not self.prerelease, identifiers
