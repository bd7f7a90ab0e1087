"""The kinds of widgets that our dashboards have, as CloudWatch reads them, and where they stand.

AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html: a grid of 24 columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from components.documents.alarms import PERIOD, Alarm
from components.naming import Names, Place
from handler.report.log import DIMENSION, NAMESPACE, UNITS

COLUMNS = 24
GREEN, GREY, ORANGE, RED, BLUE, PURPLE = "#2ca02c", "#7f7f7f", "#ff7f0e", "#d62728", "#1f77b4", "#9467bd"
# How a pair stands is the word of its last run, for which CloudWatch has no statistic. A push that waits for
# its scan is often followed within the minute by the run that lets it pass: the better word of it counts.
STANDING, _MINUTE = "Minimum", 60

# What the log tables ask: AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html. Beside the outcomes there are
# errors that nobody caught, and runs that Lambda ended: one that is killed leaves nothing but the platform's
# report. A run that ends with UpdateFailed has told everything in its outcomes.
_ENDED_BADLY = """level in ["ERROR", "CRITICAL"] or ispresent(errorType)
 or (type = "platform.report" and record.status in ["timeout", "failure"])"""
_NEWEST = """| filter not ispresent(errorType) or errorType != "UpdateFailed"
| sort @timestamp desc
| limit 100"""
EVERY_OUTCOME = f"""fields @timestamp, jobDefinition, outcome, gate, reason,
 previousRevision, newRevision, newImage, errorType, errorMessage, record.status
| filter ispresent(outcome) or {_ENDED_BADLY}
{_NEWEST}"""
# The log group tells the pair where a record is Lambda's own.
WHAT_WAS_NOT_DONE = f"""fields @timestamp, @log, pair, jobDefinition, outcome, gate, reason,
 errorType, errorMessage, record.status
| filter gate like /./ or {_ENDED_BADLY}
{_NEWEST}"""

# CloudWatch's own documents: a widget is its type and properties; a line is a metric in a graph, an array of
# namespace, name, dimensions (name by value) and options; a level is a line across a graph.
Widget = dict[str, Any]
Line = list[Any]
Level = dict[str, Any]
# Widgets side by side, all as wide as each other, and their height before them; their number divides 24.
Row = tuple[int, *tuple[Widget, ...]]


def body(place: Place, rows: Iterable[Row]) -> dict[str, Any]:
    """Rows from top to bottom, each as wide as the grid: nothing overlaps, nothing is left free.

    >>> widgets = body(Place("aws", "eu-central-1", "1"), [(6, text("a"), text("b"))])["widgets"]
    >>> [widget["x"] for widget in widgets]
    [0, 12]
    """
    widgets: list[Widget] = []
    y = 0
    for height, *row in rows:
        width, rest = divmod(COLUMNS, len(row))
        assert rest == 0, f"{len(row)} widgets cannot share {COLUMNS} columns"
        for index, widget in enumerate(row):
            region = {"region": place.region} if widget["type"] in ("metric", "log") else {}
            where = {"x": index * width, "y": y, "width": width, "height": height}
            widgets.append(widget | where | {"properties": widget["properties"] | region})
        y += height
    # A day: a longer range with points of five minutes is more than CloudWatch draws at once for many pairs.
    # The points must be those that the alarms look at, or their thresholds would mean something else.
    return {"start": "-P1D", "periodOverride": "inherit", "widgets": widgets}


def line(path: Sequence[str], label: str, stat: str, color: str = "") -> Line:
    """A line of any metric."""
    return [*path, {"label": label, "stat": stat} | ({"color": color} if color else {})]


def emitted(name: str, function: str, label: str, stat: str, color: str = "") -> Line:
    """A line of a metric that ``function`` emits about its pair; KeyError for any other name."""
    assert UNITS[name]
    return line((NAMESPACE, name, DIMENSION, function), label, stat, color)


def of_lambda(name: str, function: str, label: str, stat: str, color: str = "") -> Line:
    """A line of a metric that Lambda itself reports: lambda/latest/dg/monitoring-metrics-types.html."""
    return line(("AWS/Lambda", name, "FunctionName", function), label, stat, color)


def watched(alarm: Alarm, label: str = "", color: str = "") -> Line:
    """The line that an alarm watches."""
    dimensions = (text for item in alarm.dimensions.items() for text in item)
    path = (alarm.namespace, alarm.metric, *dimensions)
    return line(path, label or alarm.label, alarm.statistic, color)


def level(value: float, label: str) -> Level:
    """A horizontal line across a graph, over which it is bad to be."""
    return {"value": value, "label": label, "color": RED, "fill": "above"}


def thresholds(alarms: Iterable[Alarm]) -> list[Level]:
    """The thresholds of alarms whose lines share a graph, equal ones once."""
    values = dict.fromkeys(alarm.threshold for alarm in alarms)
    return [level(value, f"alarm from {value} on") for value in values]


def graph(
    title: str, unit: str, lines: Sequence[Line], levels: Sequence[Level] = (), *, stands: bool = False
) -> Widget:
    """Lines over time. ``stands``: they are stacked, since they are counts of a whole."""
    properties = {
        "title": title,
        "view": "timeSeries",
        "stacked": stands,
        "period": _MINUTE if stands else PERIOD,
        "metrics": lines,
        "yAxis": {"left": {"min": 0, "label": unit, "showUnits": False}},
    }
    marks = {"annotations": {"horizontal": levels}} if levels else {}
    return {"type": "metric", "properties": properties | marks}


def ranking(
    title: str,
    unit: str,
    lines: Sequence[Line],
    levels: Sequence[Level] = (),
    *,
    most: int,
    stands: bool = False,
) -> Widget:
    """Lines over time, of which the ``most`` highest are drawn.

    ``stands``: a value holds until the next one. AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    hidden = [
        [*path, options | {"id": f"m{index}", "visible": False}]
        for index, (*path, options) in enumerate(lines)
    ]
    series = "FILL(METRICS(), REPEAT)" if stands else "METRICS()"
    # Without a label of its own, the expression leaves the lines theirs.
    drawn = {"expression": f"SORT({series}, MAX, DESC, {most})", "id": "drawn", "label": ""}
    return graph(title, unit, [*hidden, [drawn]], levels, stands=stands)


def numbers(title: str, lines: Sequence[Line]) -> Widget:
    """The latest value of each line, large."""
    properties = {
        "title": title,
        "view": "singleValue",
        "sparkline": True,
        "period": _MINUTE,
        "metrics": lines,
    }
    return {"type": "metric", "properties": properties}


def alarm_arns(names: Names, place: Place, alarms: Iterable[Alarm]) -> list[str]:
    """The ARNs of a pair's alarms."""
    return [place.arn("cloudwatch", f"alarm:{names.alarm(alarm.suffix)}") for alarm in alarms]


def alarm_states(title: str, arns: Sequence[str]) -> Widget:
    """The state of at most 100 alarms, those that ring first."""
    properties = {"title": title, "alarms": list(arns), "sortBy": "stateUpdatedTimestamp"}
    return {"type": "alarm", "properties": properties}


def log_table(title: str, log_groups: Sequence[str], query: str) -> Widget:
    """What a query of Logs Insights finds in at most 50 log groups."""
    sources = " | ".join(f"SOURCE '{group}'" for group in log_groups)
    return {"type": "log", "properties": {"title": title, "view": "table", "query": f"{sources} | {query}"}}


def text(markdown: str) -> Widget:
    """Words."""
    return {"type": "text", "properties": {"markdown": markdown}}
