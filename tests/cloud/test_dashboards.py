"""What dashboards and alarms name is what the packaged function emits: compared on a local cloud."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handler.report.log import DIMENSION, NAMESPACE, UNITS
from local.cloud import Cloud
from local.cloudwatch.metrics import Value
from tests.cloud.conftest import ROOT
from tools.picture.day import NOW, PAIRS, STACK, function_of, play, start
from tools.picture.log_table import Query, field, records
from tools.picture.series import Series, drawn

Written = list[tuple[float, Value]]


@pytest.fixture(scope="module")
def day(running_cloud: Cloud) -> tuple[Cloud, Written]:
    """A day of four pairs: updates, a hold, a refusal, a failure that is retried until it is given up."""
    running_cloud.reset()
    start(running_cloud, ROOT)
    return running_cloud, play(running_cloud, ticks=[NOW])


def bodies(cloud: Cloud) -> dict[str, dict[str, Any]]:
    cloudwatch = cloud.client("cloudwatch")
    names = [entry["DashboardName"] for entry in cloudwatch.list_dashboards()["DashboardEntries"]]
    return {name: json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]) for name in names}


def properties(cloud: Cloud, kind: str) -> list[dict[str, Any]]:
    return [
        widget["properties"]
        for body in bodies(cloud).values()
        for widget in body["widgets"]
        if widget["type"] == kind
    ]


def series(cloud: Cloud, written: Written, dashboard: str, title: str) -> dict[str, Series]:
    (graph,) = (
        w["properties"] for w in bodies(cloud)[dashboard]["widgets"] if w["properties"].get("title") == title
    )
    return {line.label: line for line in drawn(graph, written, NOW)}


def test_the_functions_emit_every_metric_that_is_named_and_in_the_units_that_are_said(
    day: tuple[Cloud, Written],
) -> None:
    cloud, written = day
    emitted = {value.path: value.unit for _, value in written if value.path[0] == NAMESPACE}
    # Nothing is deregistered without ``keepRevisions``.
    assert {path[1] for path in emitted} == UNITS.keys() - {"NotDeregistered"}
    assert {path: UNITS[path[1]] for path in emitted} == emitted
    assert {(path[2], path[3]) for path in emitted} == {(DIMENSION, function_of(name)) for name in PAIRS}
    named = {
        tuple(entry[:-1])
        for graph in properties(cloud, "metric")
        for entry in graph["metrics"]
        if entry[0] == NAMESPACE
    }
    # An image that waits for its scan is rolled out by the scan's event, which is no push.
    assert named - emitted.keys() == {(NAMESPACE, "PushToRevision", DIMENSION, function_of("invoices"))}


def test_a_metric_of_aws_that_the_local_cloud_reports_has_the_dimensions_that_are_named(
    day: tuple[Cloud, Written],
) -> None:
    cloud, written = day
    reported = {value.path for _, value in written}
    named = {tuple(e[:-1]) for graph in properties(cloud, "metric") for e in graph["metrics"] if len(e) > 1}
    named |= {
        (
            a["Namespace"],
            a["MetricName"],
            *(text for d in a["Dimensions"] for text in (d["Name"], d["Value"])),
        )
        for a in cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    }
    known = {path[:3] for path in reported}
    assert {path[:3] for path in named & reported} == {path[:3] for path in named if path[:3] in known}
    failed = function_of("newsarchive")
    assert {
        ("AWS/Lambda", name, "FunctionName", failed) for name in ("Errors", "AsyncEventsDropped")
    } <= reported
    assert ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", f"{failed}-dlq") in named & reported


def test_the_functions_write_every_field_that_a_query_names(day: tuple[Cloud, Written]) -> None:
    cloud, _ = day
    queries = [Query.parse(each["query"]) for each in properties(cloud, "log")]
    for query in queries:
        written = records(cloud, query.log_groups)
        missing = {name for name in query.names if all(field(record, name) is None for record in written)}
        # Only the pair with a gate has one; it is on the overview.
        assert missing <= ({"gate"} if len(query.log_groups) == 1 else set()), query.log_groups


def test_the_tables_show_outcomes_and_what_was_not_done_and_no_failure_twice(
    day: tuple[Cloud, Written],
) -> None:
    cloud, _ = day
    shown = {
        len(query.log_groups): [each for each in records(cloud, query.log_groups) if query.finds(each)]
        for query in (Query.parse(each["query"]) for each in properties(cloud, "log"))
    }
    own, overview = shown[1], shown[len(PAIRS)]
    assert {record["outcome"] for record in own} == {"updated", "skipped", "failed"}
    assert {tuple(field(record, name) for name in ("pair", "outcome", "gate")) for record in overview} == {
        ("newsarchive", "failed", None),
        ("invoices", "skipped", "maxSeverity"),
    }


@pytest.mark.parametrize(
    ("title", "standing"),
    [
        ("Behind the selected image", {"invoices": 1, "newsarchive": 1, "genomics": 0, "thumbnails": 0}),
        ("Of these, held back by a gate", {"invoices": 1, "newsarchive": 0, "genomics": 0, "thumbnails": 0}),
        ("On hold", {"genomics": 1, "invoices": 0, "newsarchive": 0, "thumbnails": 0}),
    ],
)
def test_the_overview_tells_how_every_pair_stands_at_the_end_of_the_day(
    day: tuple[Cloud, Written], title: str, standing: dict[str, float]
) -> None:
    cloud, written = day
    lines = series(cloud, written, f"ecr-batch-updater-{STACK}_overview", title)
    assert {label: line.points[max(line.points)] for label, line in lines.items()} == standing


def test_an_image_that_waited_for_its_scan_is_not_behind_once_it_has_passed(
    day: tuple[Cloud, Written],
) -> None:
    cloud, written = day
    lines = series(cloud, written, f"ecr-batch-updater-{STACK}_overview", "Behind the selected image")
    assert [lines["invoices"].points[hour] for hour in (6, 13, 14)] == [0, 0, 1]
