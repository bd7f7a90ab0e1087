"""The list of mutants that no test noticed: what a line was and what it became, wherever it stands."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LIST = Path(__file__).resolve().parent / "survivors.json"


@dataclass(frozen=True, order=True)
class Mutant:
    """A mutation as its line, or lines: what it ``was`` and what it ``became``; ``file`` is from the root."""

    file: str
    was: str
    became: str

    @classmethod
    def of(cls, file: str, before: str, after: str) -> Mutant:
        """From the whole text of the module before and after."""
        # The first two lines are the headings.
        lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
        was, became = ("\n".join(line[1:].strip() for line in lines if line[0] == mark) for mark in "-+")
        return cls(file, was, became)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run found. ``mutants`` is how many there are in all, ``command`` what began it."""

    command: str
    mutants: int
    tried: int
    killed: int
    survivors: tuple[Mutant, ...]

    def write(self, path: Path = LIST) -> None:
        fields: dict[str, Any] = asdict(self)
        path.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, path: Path = LIST) -> Report:
        fields = json.loads(path.read_text())
        survivors = tuple(Mutant(**each) for each in fields.pop("survivors"))
        return cls(**fields, survivors=survivors)


def new(found: Iterable[Mutant], known: Iterable[Mutant]) -> list[Mutant]:
    """The survivors that are not among the known ones; a line may have moved to another file since."""
    left = Counter((mutant.was, mutant.became) for mutant in known)
    fresh: list[Mutant] = []
    for mutant in sorted(found):
        if left[mutant.was, mutant.became]:
            left[mutant.was, mutant.became] -= 1
        else:
            fresh.append(mutant)
    return fresh
