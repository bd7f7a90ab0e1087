"""Draws a dashboard from its own body: each widget in its place on the grid, as the console would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from components.documents.widgets import COLUMNS
from local.cloud import Cloud
from local.cloudwatch.metrics import Value
from tools.picture.day import HOURS, NOW
from tools.picture.log_table import Query, field, records
from tools.picture.series import Series, drawn, points

Written = Sequence[tuple[float, Value]]

_INCH = 0.52  # of a column
_LINE = 0.36  # of a row
_EDGE = 0.12
_HEAD = 0.34
_PAPER, _CARD, _INK, _FAINT = "#f2f3f3", "#ffffff", "#16191f", "#687078"
_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf")
_MOST_ROWS = 7
_STATES = {"ALARM": "#d13212", "OK": "#1d8102"}


class Picture:
    """One dashboard on paper."""

    def __init__(self, cloud: Cloud, body: Mapping[str, Any], written: Written) -> None:
        self._cloud = cloud
        self._written = written
        self._widgets = body["widgets"]
        self._height = max(widget["y"] + widget["height"] for widget in self._widgets)
        size = (COLUMNS * _INCH, self._height * _LINE)
        self._figure = Figure(figsize=size, dpi=84, facecolor=_PAPER)

    def save(self, path: Path) -> None:
        """Draws it into a PNG file."""
        with mpl.rc_context({"font.size": 7.5, "font.family": "DejaVu Sans"}):
            for widget in self._widgets:
                self._widget(widget)
            self._figure.savefig(path, facecolor=_PAPER, metadata={"Software": None})

    def _widget(self, widget: Mapping[str, Any]) -> None:
        properties = widget["properties"]
        card = self._axes(widget, _EDGE, _EDGE / 2, _EDGE / 2)
        card.set(facecolor=_CARD, xticks=[], yticks=[])
        for spine in card.spines.values():
            spine.set_color("#d5dbdb")
        match widget["type"]:
            case "text":
                words = properties["markdown"].replace("**", "").replace("`", "")
                card.text(0.008, 0.5, words, va="center", color=_INK, fontsize=7.5)
                return
            case "alarm":
                self._alarms(card, properties)
            case "log":
                self._table(card, properties)
            case "metric" if properties["view"] == "singleValue":
                self._numbers(card, properties)
            case "metric":
                self._graph(self._axes(widget, 0.7, 0.62, _HEAD + 0.1), properties)
        self._title(widget, properties["title"])

    def _axes(self, widget: Mapping[str, Any], side: float, below: float, above: float) -> Axes:
        """The widget's place less margins in inches."""
        width, height = self._figure.get_size_inches()
        right = _EDGE * 2.6 if side > _EDGE else side / 2
        left = widget["x"] * _INCH + (side if side > _EDGE else side / 2)
        bottom = (self._height - widget["y"] - widget["height"]) * _LINE + below
        across = (widget["x"] + widget["width"]) * _INCH - right - left
        up = widget["height"] * _LINE - below - above
        return self._figure.add_axes((left / width, bottom / height, across / width, up / height))

    def _title(self, widget: Mapping[str, Any], title: str) -> None:
        width, height = self._figure.get_size_inches()
        x, y = widget["x"] * _INCH + 0.2, (self._height - widget["y"]) * _LINE - 0.14
        self._figure.text(x / width, y / height, title, va="top", weight="bold", color=_INK, fontsize=8.5)

    def _graph(self, axes: Axes, properties: Mapping[str, Any]) -> None:
        lines = _coloured(drawn(properties, self._written, NOW))
        if properties["stacked"]:
            times = [step / 12 for step in range(int(NOW * 12) + 1)]
            layers = [[line.points.get(time, 0) for time in times] for line in lines]
            axes.stackplot(times, layers, colors=[line.color for line in lines], step="post", alpha=0.75)
            for line in lines:
                axes.plot([], [], color=line.color, label=line.label, linewidth=6, solid_capstyle="butt")
        else:
            for line in lines:
                times, values = list(line.points), list(line.points.values())
                axes.plot(
                    *(times, values),
                    color=line.color,
                    label=line.label,
                    marker="o",
                    markersize=3,
                    linewidth=1.1,
                )
        top = max([axes.get_ylim()[1], 1.2])
        for level in properties.get("annotations", {}).get("horizontal", []):
            top = max(top, level["value"] * 1.25)
            axes.axhline(level["value"], color=level["color"], linewidth=1, linestyle=(0, (5, 3)))
            place = (0.3, level["value"])
            axes.annotate(
                level["label"],
                place,
                xytext=(0, 2),
                textcoords="offset points",
                color=level["color"],
                fontsize=7,
            )
            if level.get("fill") == "above":
                axes.axhspan(level["value"], 10 * top, color=level["color"], alpha=0.06, linewidth=0)
        label = properties["yAxis"]["left"]["label"]
        axes.set_ylabel(label, color=_FAINT)
        axes.set(xlim=(0, HOURS), ylim=(properties["yAxis"]["left"]["min"], top))
        axes.set_xticks(range(0, HOURS + 1, 4), [f"{hour:02}:00" for hour in range(0, HOURS + 1, 4)])
        if label != "milliseconds":
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y", color="#eaeded")
        axes.tick_params(colors=_FAINT, length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.spines["bottom"].set_color("#d5dbdb")
        axes.legend(
            loc="upper left",
            bbox_to_anchor=(-0.02, -0.13),
            ncols=len(lines) if len(lines) < 5 else 2,
            frameon=False,
            fontsize=7,
            handlelength=1.2,
            columnspacing=1.2,
        )

    def _numbers(self, card: Axes, properties: Mapping[str, Any]) -> None:
        lines = drawn(properties, self._written, NOW)
        for index, line in enumerate(lines):
            left = (index + 0.06) / len(lines)
            latest = line.points[max(line.points)] if line.points else None
            shown = "-" if latest is None else f"{latest:g}"
            card.text(left, 0.42, shown, fontsize=20, va="center", color=line.color or _INK)
            card.text(left, 0.13, line.label, va="center", color=_FAINT)
            spark = card.inset_axes((left + 0.05, 0.22, 0.15, 0.42))
            spark.step(list(line.points), list(line.points.values()), where="post", color=line.color)
            spark.set(xlim=(0, HOURS), ylim=(-0.1, None))
            spark.axis("off")

    def _alarms(self, card: Axes, properties: Mapping[str, Any]) -> None:
        names = [arn.rpartition(":alarm:")[2] for arn in properties["alarms"]]
        found = self._cloud.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
        states = sorted((self._state(alarm), names.index(alarm["AlarmName"]), alarm) for alarm in found)
        lines = -(-len(states) // 6)
        for place, (state, _, alarm) in enumerate(states):
            row, column = divmod(place, 6)
            x, y = 0.008 + column / 6, (lines - row - 0.5) / lines * 0.78 + 0.04
            name = alarm["AlarmName"].removeprefix("ecr-batch-updater-prod-")
            card.text(x, y, "■", color=_STATES[state], va="center", fontsize=9)
            card.text(x + 0.012, y, name, color=_INK, va="center", fontsize=6.4)

    def _state(self, alarm: Mapping[str, Any]) -> str:
        """What CloudWatch would say at the end of the day; the local cloud judges no alarms."""
        dimensions = (text for each in alarm["Dimensions"] for text in (each["Name"], each["Value"]))
        path = (alarm["Namespace"], alarm["MetricName"], *dimensions)
        known = points(self._written, path, alarm["Statistic"])
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        return "ALARM" if known.get(NOW, 0) >= alarm["Threshold"] else "OK"

    def _table(self, card: Axes, properties: Mapping[str, Any]) -> None:
        query = Query.parse(properties["query"])
        rows = [each for each in records(self._cloud, query.log_groups) if query.finds(each)][:_MOST_ROWS]
        columns = [name for name in query.fields if any(field(row, name) is not None for row in rows)]
        columns = [name for name in columns if name != "@log"]
        widths = _widths(columns, rows)
        left = 0.012
        for name, width in zip(columns, widths, strict=True):
            step = 0.82 / (_MOST_ROWS + 1)
            card.text(left, 0.86, name, color=_FAINT, va="top", weight="bold", fontsize=6.8)
            for index, row in enumerate(rows, start=1):
                text = _short(field(row, name), width)
                card.text(left, 0.86 - index * step, text, color=_INK, va="top", fontsize=6.6)
            left += width


def _widths(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[float]:
    """Shares of the table: of what a column holds, and never more than a third."""
    longest = [max([len(name), *(len(str(field(row, name) or "")) for row in rows)]) for name in columns]
    sizes = [min(size + 2, 60) for size in longest]
    return [size / sum(sizes) * 0.98 for size in sizes]


def _short(value: Any, width: float) -> str:
    text = "" if value is None else str(value)
    most = int(width * 228)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _coloured(lines: Sequence[Series]) -> list[Series]:
    """Lines without a colour get one each, the same for the same label in every graph."""
    order = sorted(line.label for line in lines)
    return [
        line
        if line.color
        else Series(line.label, line.points, _COLOURS[order.index(line.label) % len(_COLOURS)])
        for line in lines
    ]
