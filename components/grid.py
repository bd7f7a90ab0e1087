"""Where the widgets of a dashboard stand: rows on CloudWatch's grid, 24 columns wide.

AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = 24


@dataclass(frozen=True)
class Widget:
    """``kind`` is CloudWatch's ``type``: metric, log, alarm or text."""

    kind: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """Widgets side by side, all as wide as each other; their number divides 24."""

    height: int
    widgets: tuple[Widget, ...]


def laid_out(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows from top to bottom, each as wide as the grid: nothing overlaps, nothing is left free.

    >>> [tile["x"] for tile in laid_out([Row(6, (Widget("text", {}), Widget("text", {})))])]
    [0, 12]
    """
    tiles, y = [], 0
    for row in rows:
        width, rest = divmod(COLUMNS, len(row.widgets))
        assert rest == 0, f"{len(row.widgets)} widgets cannot share {COLUMNS} columns"
        tiles += [
            {
                "type": widget.kind,
                "x": index * width,
                "y": y,
                "width": width,
                "height": row.height,
                "properties": widget.properties,
            }
            for index, widget in enumerate(row.widgets)
        ]
        y += row.height
    return tiles
