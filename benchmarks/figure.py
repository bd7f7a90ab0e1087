"""A measured number, and what it should be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """``value`` in ``unit``; ``limit`` is the most that it should be, None where it is told for information.

    >>> Figure(name="peak memory", value=54.0, unit="MB", limit=128.0).holds
    True
    """

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def holds(self) -> bool:
        return self.limit is None or self.value <= self.limit


def show(figures: Iterable[Figure]) -> list[Figure]:
    """Prints a table, a line as soon as it is known; returns what it printed."""
    seen: list[Figure] = []
    for figure in figures:
        seen.append(figure)
        verdict = (
            "" if figure.limit is None else f"at most {figure.limit:g}: {'yes' if figure.holds else 'NO'}"
        )
        print(f"{figure.name:<72} {figure.value:>10,.2f} {figure.unit:<6} {verdict}".rstrip(), flush=True)
    return seen
