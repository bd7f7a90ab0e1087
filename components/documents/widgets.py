"""The kinds of widgets that our dashboards have, as CloudWatch reads them.

AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from components.documents.alarms import PERIOD, Alarm
from components.grid import Widget
from components.naming import Names
from components.place import Place
from handler.report.metrics import DIMENSION, NAMESPACE, UNITS

GREEN, GREY, ORANGE, RED, BLUE, PURPLE = "#2ca02c", "#7f7f7f", "#ff7f0e", "#d62728", "#1f77b4", "#9467bd"
# How a pair stands is the word of its last run, for which CloudWatch has no statistic. A push that waits for
# its scan is often followed within the minute by the run that lets it pass: the better word of it counts.
STANDING, _MINUTE = "Minimum", 60
# A day: a longer range with points of five minutes is more than CloudWatch draws at once for many pairs.
# The points must be those that the alarms look at, or their thresholds would mean something else.
BODY = {"start": "-P1D", "periodOverride": "inherit"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One metric in a graph. ``path`` is namespace, name, and dimensions, name by value."""

    path: tuple[str, ...]
    label: str
    stat: str
    color: str = ""

    def array(self, **more: Any) -> list[Any]:
        """The line as CloudWatch's array, ``more`` being further options."""
        color = {"color": self.color} if self.color else {}
        return [*self.path, {"label": self.label, "stat": self.stat, **color, **more}]


@dataclass(frozen=True)
class Level:
    """A horizontal line across a graph; ``above`` says that it is bad to be over it."""

    value: float
    label: str
    above: bool = True

    def annotation(self) -> dict[str, Any]:
        return {"value": self.value, "label": self.label, "color": RED} | (
            {"fill": "above"} if self.above else {}
        )


def emitted(name: str, function: str, label: str, stat: str, color: str = "") -> Line:
    """A line of a metric that ``function`` emits about its pair; KeyError for any other name."""
    assert UNITS[name]
    return Line(path=(NAMESPACE, name, DIMENSION, function), label=label, stat=stat, color=color)


def of_lambda(name: str, function: str, label: str, stat: str, color: str = "") -> Line:
    """A line of a metric that Lambda itself reports: lambda/latest/dg/monitoring-metrics-types.html."""
    return Line(path=("AWS/Lambda", name, "FunctionName", function), label=label, stat=stat, color=color)


def watched(alarm: Alarm, label: str = "", color: str = "") -> Line:
    """The line that an alarm watches."""
    dimensions = (text for item in alarm.dimensions.items() for text in item)
    return Line(
        path=(alarm.namespace, alarm.metric, *dimensions),
        label=label or alarm.label,
        stat=alarm.statistic,
        color=color,
    )


def thresholds(alarms: Iterable[Alarm]) -> tuple[Level, ...]:
    """The thresholds of alarms whose lines share a graph, equal ones once."""
    return tuple(
        Level(value, f"alarm from {value} on") for value in dict.fromkeys(alarm.threshold for alarm in alarms)
    )


def graph(region: str, title: str, unit: str, lines: Sequence[Line], levels: Sequence[Level] = ()) -> Widget:
    """Lines over time."""
    return _graph(region, title, unit, [line.array() for line in lines], levels)


def ranking(
    region: str,
    title: str,
    unit: str,
    lines: Sequence[Line],
    levels: Sequence[Level] = (),
    *,
    most: int,
    stands: bool = False,
) -> Widget:
    """Lines over time, of which the ``most`` highest are drawn.

    ``stands``: a value holds until the next one; the lines are stacked, since they are counts of a whole.
    AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    hidden = [line.array(id=f"m{index}", visible=False) for index, line in enumerate(lines)]
    series = "FILL(METRICS(), REPEAT)" if stands else "METRICS()"
    # Without a label of its own, the expression leaves the lines theirs.
    drawn = {"expression": f"SORT({series}, MAX, DESC, {most})", "id": "drawn", "label": ""}
    return _graph(region, title, unit, [*hidden, [drawn]], levels, stands=stands)


def _graph(
    region: str,
    title: str,
    unit: str,
    metrics: list[list[Any]],
    levels: Sequence[Level],
    *,
    stands: bool = False,
) -> Widget:
    marks = {"annotations": {"horizontal": [level.annotation() for level in levels]}} if levels else {}
    return Widget(
        "metric",
        {
            "title": title,
            "region": region,
            "view": "timeSeries",
            "stacked": stands,
            "period": _MINUTE if stands else PERIOD,
            "metrics": metrics,
            "yAxis": {"left": {"min": 0, "label": unit, "showUnits": False}},
            **marks,
        },
    )


def numbers(region: str, title: str, lines: Sequence[Line]) -> Widget:
    """The latest value of each line, large."""
    return Widget(
        "metric",
        {
            "title": title,
            "region": region,
            "view": "singleValue",
            "sparkline": True,
            "period": _MINUTE,
            "metrics": [line.array() for line in lines],
        },
    )


def alarm_arns(names: Names, place: Place, alarms: Iterable[Alarm]) -> list[str]:
    """The ARNs of a pair's alarms."""
    return [place.arn("cloudwatch", f"alarm:{names.alarm(alarm.suffix)}") for alarm in alarms]


def alarm_states(title: str, arns: Sequence[str]) -> Widget:
    """The state of at most 100 alarms, those that ring first."""
    return Widget("alarm", {"title": title, "alarms": list(arns), "sortBy": "stateUpdatedTimestamp"})


def log_table(region: str, title: str, log_groups: Sequence[str], query: str) -> Widget:
    """What a query of Logs Insights finds in at most 50 log groups."""
    sources = " | ".join(f"SOURCE '{group}'" for group in log_groups)
    return Widget("log", {"title": title, "region": region, "view": "table", "query": f"{sources} | {query}"})


def text(markdown: str) -> Widget:
    """Words."""
    return Widget("text", {"markdown": markdown})
