"""What is wrong with a configuration, said so that it can be repaired without reading code.

ConfigErrors carries every Problem that was found; nothing is registered once it is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

# What is found where no value is: nothing to keep secret.
_NO_VALUES = ("nothing", "an unknown key")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, under the key as the user wrote it.

    ``pair`` is None for keys that belong to the whole stack; ``place`` is a file and its line, "" if unknown.

    >>> print(Problem(pair="ocr", key="imageTag", found="the number 1.1", expected="a string"))
    pair "ocr", key "imageTag": found the number 1.1, expected a string.
    """

    pair: str | None = None
    key: str
    found: str
    expected: str
    remedy: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f'key "{self.key}"' if self.pair is None else f'pair "{self.pair}", key "{self.key}"'
        where = f"{self.place}: {where}" if self.place else where
        remedy = f" Remedy: {self.remedy}." if self.remedy else ""
        return f"{where}: found {self.found}, expected {self.expected}.{remedy}"

    def without_value(self) -> Problem:
        """The same for a secret: neither what was found nor the remedy, which may repeat it."""
        if self.key == "(name)" or self.found in _NO_VALUES:
            return self
        return replace(self, found="a secret value", remedy="")


class ConfigErrors(Exception):
    """The configuration cannot be used. ``problems`` holds every reason, and at least one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{count} in the configuration:{lines}")

    def without_values(self) -> ConfigErrors:
        """The same where the values are secret."""
        return ConfigErrors([problem.without_value() for problem in self.problems])
