"""Metrics on their way into moto's CloudWatch: AWS's own, and those embedded in log lines."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.backends import Backends


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value as it was written; ``path`` is namespace, name, and dimensions, name by value."""

    path: tuple[str, ...]
    at: datetime
    value: float
    unit: str


class Metrics:
    """Writes metrics of one region."""

    def __init__(self, backends: Backends, *, region: str) -> None:
        self._backends = backends
        self._region = region
        self._lock = threading.Lock()

    def put(
        self, namespace: str, name: str, dimensions: Mapping[str, str], value: float = 1, unit: str = "Count"
    ) -> None:
        """Writes one value."""
        self._write(namespace, [_datum(name, dimensions, [value], unit)])

    def embedded(self, line: str) -> None:
        """Writes the metrics that a log line holds in CloudWatch's embedded metric format, if any.

        AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
        """
        for namespace, datum in embedded_metrics(line):
            self._write(namespace, [datum])

    def values(self) -> list[Value]:
        """Every value that was written so far: CloudWatch itself gives out statistics only."""
        with self._lock:
            written = list(self._backends.of("cloudwatch", self._region).metric_data)
        return [
            Value(
                path=(
                    datum.namespace,
                    datum.name,
                    *(text for d in datum.dimensions for text in (d.name, d.value)),
                ),
                at=datum.timestamp,
                value=datum.value,
                unit=str(datum.unit),
            )
            for datum in written
        ]

    def _write(self, namespace: str, data: list[dict[str, Any]]) -> None:
        with self._lock:
            self._backends.of("cloudwatch", self._region).put_metric_data(namespace, data)


def embedded_metrics(line: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Namespace and datum of each metric in ``line``; nothing for a line of another kind."""
    if '"_aws"' not in line:
        return
    try:
        record = json.loads(line)
    except ValueError:
        return
    directives = record.get("_aws", {}).get("CloudWatchMetrics", []) if isinstance(record, dict) else []
    for directive in directives:
        for names in directive.get("Dimensions", [[]]):
            dimensions = {name: str(record[name]) for name in names if name in record}
            for metric in directive.get("Metrics", []):
                value = record.get(metric["Name"])
                values = value if isinstance(value, list) else [value]
                numbers = [float(each) for each in values if isinstance(each, int | float)]
                if numbers:
                    datum = _datum(metric["Name"], dimensions, numbers, metric.get("Unit", "None"))
                    yield directive["Namespace"], datum


def _datum(name: str, dimensions: Mapping[str, str], values: list[float], unit: str) -> dict[str, Any]:
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Values": values,
        "Unit": unit,
    }
