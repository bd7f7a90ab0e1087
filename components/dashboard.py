"""The dashboard of one pair, as CloudWatch reads it.

AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html. The grid is 24 wide.
"""

from __future__ import annotations

from typing import Any

from components.naming import Names

METRICS = "EcrBatchUpdater"
_HALF = 12
_WHOLE = 24
_HEIGHT = 6

# What was done, what failed, errors that nobody caught, and runs that Lambda ended: a run that is killed
# leaves nothing but the platform's report.
_QUERY = """fields @timestamp, jobDefinition, outcome, gate, reason, previousRevision, newRevision, newImage,
 errorType, errorMessage, record.status
| filter ispresent(outcome) or level in ["ERROR", "CRITICAL"] or ispresent(errorType)
 or (type = "platform.report" and record.status != "success")
| sort @timestamp desc
| limit 100"""


def dashboard_body(names: Names, region: str) -> dict[str, Any]:
    """The body for the pair's dashboard in ``region``."""
    function = ["FunctionName", names.base]
    return {
        "widgets": [
            _graph(
                *(0, 0),
                region,
                "Job definitions updated, skipped, held back by a gate, failed",
                [
                    _metric([METRICS, "Updated", "Pair", names.pair], "Updated", "Sum", "#2ca02c"),
                    _metric([METRICS, "Skipped", "Pair", names.pair], "Skipped", "Sum", "#7f7f7f"),
                    _metric([METRICS, "Gated", "Pair", names.pair], "Held back by a gate", "Sum", "#ff7f0e"),
                    _metric([METRICS, "Failed", "Pair", names.pair], "Failed", "Sum", "#d62728"),
                ],
                "Job definitions",
            ),
            _graph(
                *(_HALF, 0),
                region,
                "From push to new revision",
                [
                    _metric([METRICS, "PushToRevision", "Pair", names.pair], "median", "p50"),
                    _metric([METRICS, "PushToRevision", "Pair", names.pair], "99 in 100", "p99"),
                ],
                "Milliseconds",
            ),
            _graph(
                *(0, _HEIGHT),
                region,
                "Function: errors, throttles, duration",
                [
                    _metric(["AWS/Lambda", "Errors", *function], "Errors", "Sum", "#d62728"),
                    _metric(["AWS/Lambda", "Throttles", *function], "Throttles", "Sum", "#ff7f0e"),
                    _metric(["AWS/Lambda", "Duration", *function], "Duration (ms)", "Maximum", axis="right"),
                ],
                "Count",
            ),
            _graph(
                *(_HALF, _HEIGHT),
                region,
                "Events in the failure queue",
                [
                    _metric(
                        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", names.queue],
                        "Events",
                        "Maximum",
                        "#d62728",
                    )
                ],
                "Events",
            ),
            {
                "type": "log",
                **_at(0, 2 * _HEIGHT, _WHOLE, 2 * _HEIGHT),
                "properties": {
                    "title": "Latest outcomes, failures and time-outs",
                    "region": region,
                    "view": "table",
                    "query": f"SOURCE '{names.log_group}' | {_QUERY}",
                },
            },
        ]
    }


def _graph(x: int, y: int, region: str, title: str, metrics: list[list[Any]], unit: str) -> dict[str, Any]:
    return {
        "type": "metric",
        **_at(x, y, _HALF, _HEIGHT),
        "properties": {
            "title": title,
            "region": region,
            "view": "timeSeries",
            "stacked": False,
            "period": 300,
            "metrics": metrics,
            "yAxis": {"left": {"min": 0, "label": unit, "showUnits": False}},
        },
    }


def _metric(path: list[str], label: str, stat: str, color: str = "", axis: str = "left") -> list[Any]:
    options = {"label": label, "stat": stat, "yAxis": axis} | ({"color": color} if color else {})
    return [*path, options]


def _at(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "width": width, "height": height}
