"""The numbers behind a dashboard's graphs: values to points, points through the expressions that we use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.cloudwatch.metrics import Value

# Hour of the day -> value.
Points = Mapping[float, float]

_EXPRESSION = re.compile(r"SORT\((FILL\()?METRICS\(\)(?(1), REPEAT\)), MAX, DESC, ([0-9]+)\)")

_ENDS: Mapping[str, Callable[[Sequence[float]], float]] = {"Minimum": min, "Maximum": max}


@dataclass(frozen=True)
class Series:
    """A line as it is drawn."""

    label: str
    points: Points
    color: str = ""


def statistic(values: Sequence[float], stat: str) -> float:
    """One of CloudWatch's statistics of at least one value; a percentile lies between the nearest ranks.

    >>> statistic([1, 2, 4], "p50")
    2.0
    """
    if stat == "Sum":
        return sum(values)
    if stat in _ENDS:
        return _ENDS[stat](values)
    place = (len(values) - 1) * float(stat.removeprefix("p")) / 100
    low, ordered = int(place), sorted(values)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def points(written: Iterable[tuple[float, Value]], path: Sequence[str], stat: str) -> Points:
    """The points of one metric; values of the same hour make one point."""
    grouped: dict[float, list[float]] = {}
    for hour, value in written:
        if value.path == tuple(path):
            grouped.setdefault(hour, []).append(value.value)
    return {hour: statistic(values, stat) for hour, values in grouped.items()}


def drawn(graph: Mapping[str, Any], written: Sequence[tuple[float, Value]], until: float) -> list[Series]:
    """The lines of a widget of metrics. Raises ValueError for an expression of another form than ours."""
    lines = [
        Series(entry[-1]["label"], points(written, entry[:-1], entry[-1]["stat"]), entry[-1].get("color", ""))
        for entry in graph["metrics"]
        if isinstance(entry[0], str)
    ]
    expressions = [entry[0]["expression"] for entry in graph["metrics"] if not isinstance(entry[0], str)]
    for expression in expressions:
        form = _EXPRESSION.fullmatch(expression)
        if form is None:
            raise ValueError(f"{expression} is no expression that this picture can draw")
        if form[1]:
            lines = [Series(line.label, _repeated(line.points, until), line.color) for line in lines]
        ranked = sorted(lines, key=lambda line: -max(line.points.values(), default=-1.0))
        lines = ranked[: int(form[2])]
    return lines


def _repeated(known: Points, until: float) -> Points:
    """A point every five minutes, each repeating the last value that is known."""
    filled: dict[float, float] = {}
    last: float | None = None
    for step in range(int(until * 12) + 1):
        hour = step / 12
        past = [at for at in known if at <= hour]
        last = known[max(past)] if past else None
        if last is not None:
            filled[hour] = last
    return filled
