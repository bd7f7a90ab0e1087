"""Both dashboards as documents: where widgets stand, what they name, and what CloudWatch allows."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from components.documents.alarms import pair_alarms
from components.documents.dashboards import Shown, dashboard_body, overview_body
from components.naming import Names, Place, RuleKind, overview_name
from components.pair import Dashboard
from components.quotas import MOST_PAIRS, overview_problems
from handler.report.log import UNITS

ROOT = Path(__file__).resolve().parents[2]
PLACE = Place("aws", "eu-central-1", "123456789012")
ALARMS = pair_alarms(
    Names("ecr-batch-updater", "dev", "ocr"), (RuleKind.PUSHES, RuleKind.SCHEDULE, RuleKind.SCANS)
)

# What AWS reports, with the unit that a graph must name:
# lambda/latest/dg/monitoring-metrics-types.html, eventbridge/latest/userguide/eb-monitoring.html,
# AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
OF_AWS = {
    ("AWS/Lambda", "Errors", "FunctionName"): "runs",
    ("AWS/Lambda", "Throttles", "FunctionName"): "runs",
    ("AWS/Lambda", "Duration", "FunctionName"): "milliseconds",
    ("AWS/Lambda", "AsyncEventsDropped", "FunctionName"): "events",
    ("AWS/Lambda", "DestinationDeliveryFailures", "FunctionName"): "events",
    ("AWS/Events", "InvocationsFailedToBeSentToDlq", "RuleName"): "events",
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"): "events",
}
OURS = {
    ("EcrBatchUpdater", name, "Pair"): "milliseconds" if unit == "Milliseconds" else "job definitions"
    for name, unit in UNITS.items()
}


def own() -> dict[str, Any]:
    names = Names("ecr-batch-updater", "dev", "ocr")
    return dashboard_body(Shown(names, ALARMS), PLACE, timeout_seconds=300)


def overview(count: int = 3) -> dict[str, Any]:
    every = [Names("ecr-batch-updater", "dev", f"pair-{number}") for number in range(count)]
    shown = [Shown(names, pair_alarms(names, (RuleKind.PUSHES, RuleKind.SCHEDULE))) for names in every]
    return overview_body("the stack", PLACE, shown)


BOTH = pytest.mark.parametrize(
    "body", [own(), overview(), overview(300)], ids=["own", "overview", "300 pairs"]
)
Body = dict[str, Any]


def properties(body: Body, kind: str = "metric") -> list[dict[str, Any]]:
    return [widget["properties"] for widget in body["widgets"] if widget["type"] == kind]


def lines(graph: dict[str, Any]) -> list[list[Any]]:
    """The metrics of a graph, its expressions left out."""
    return [entry for entry in graph["metrics"] if isinstance(entry[0], str)]


@BOTH
def test_the_widgets_fill_the_grid_without_overlaps(body: Body) -> None:
    cells = [
        (widget["x"] + x, widget["y"] + y)
        for widget in body["widgets"]
        for x, y in itertools.product(range(widget["width"]), range(widget["height"]))
    ]
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(24))
    assert len(cells) == 24 * (1 + max(y for _, y in cells))


@BOTH
def test_every_widget_is_titled_and_no_two_alike(body: Body) -> None:
    titles = [p["title"] for widget in body["widgets"] if "markdown" not in (p := widget["properties"])]
    assert all(titles)
    assert len(titles) == len(set(titles))


@BOTH
def test_everything_is_of_the_region(body: Body) -> None:
    assert {each["region"] for each in properties(body) + properties(body, "log")} == {"eu-central-1"}
    assert {arn.split(":")[3] for each in properties(body, "alarm") for arn in each["alarms"]} == {
        "eu-central-1"
    }


@BOTH
def test_every_line_is_of_a_metric_that_exists_in_the_unit_that_the_axis_names(body: Body) -> None:
    for graph in properties(body):
        units = {(OF_AWS | OURS)[tuple(line[:3])] for line in lines(graph)}
        (unit,) = units
        if graph["view"] == "timeSeries":
            assert graph["yAxis"]["left"]["label"] == unit, graph["title"]
        else:
            assert unit in graph["title"].lower()


@BOTH
def test_every_line_has_a_name_of_its_own_within_its_graph(body: Body) -> None:
    for graph in properties(body):
        labels = [line[-1]["label"] for line in lines(graph)]
        assert all(labels)
        assert len(labels) == len(set(labels)), graph["title"]


def test_every_alarm_has_its_line_and_its_threshold_in_one_graph_as_it_looks_at_it() -> None:
    for alarm in ALARMS:
        path = [alarm.namespace, alarm.metric, *itertools.chain(*alarm.dimensions.items())]
        ((graph, line),) = (
            (graph, line) for graph in properties(own()) for line in lines(graph) if line[:-1] == path
        )
        assert (line[-1]["stat"], graph["period"]) == (alarm.statistic, 300)
        assert alarm.threshold in [level["value"] for level in graph["annotations"]["horizontal"]], (
            alarm.suffix
        )


def test_the_overview_shows_the_thresholds_of_what_it_draws_of_the_alarms() -> None:
    watched = {(alarm.namespace, alarm.metric): alarm.threshold for alarm in ALARMS}
    drawn = [graph for graph in properties(overview()) if tuple(lines(graph)[0][:2]) in watched]
    assert len(drawn) == 2
    for graph in drawn:
        threshold = watched[tuple(lines(graph)[0][:2])]
        assert [level["value"] for level in graph["annotations"]["horizontal"]] == [threshold]


def test_the_longest_run_is_drawn_under_the_time_out() -> None:
    (graph,) = (each for each in properties(own()) if lines(each)[0][1] == "Duration")
    assert [level["value"] for level in graph["annotations"]["horizontal"]] == [300_000]


def test_the_overview_has_a_line_of_every_pair_in_each_graph() -> None:
    for graph in properties(overview(40)):
        assert len(lines(graph)) == 40
    names = {line[1] for graph in properties(overview()) for line in lines(graph)}
    assert names == {
        *("Behind", "Gated", "Held", "PushToRevision"),
        *("Errors", "ApproximateNumberOfMessagesVisible"),
    }


def test_how_a_pair_stands_holds_until_its_next_run() -> None:
    expressions = {
        lines(graph)[0][1]: graph["metrics"][-1][0]["expression"] for graph in properties(overview())
    }
    standing = {name for name, expression in expressions.items() if "FILL(METRICS(), REPEAT)" in expression}
    assert standing == {"Behind", "Gated", "Held"}


@pytest.mark.parametrize("count", [1, 300, MOST_PAIRS])
def test_the_overview_stays_within_what_cloudwatch_allows(count: int) -> None:
    body = overview(count)
    assert len(body["widgets"]) <= 500
    sizes = [len(graph["metrics"]) for graph in properties(body)]
    assert max(sizes) <= 500
    assert sum(sizes) <= 2500
    assert {len(each["alarms"]) <= 100 for each in properties(body, "alarm")} == {True}
    assert {each["query"].count("SOURCE") <= 50 for each in properties(body, "log")} == {True}


def test_the_overview_asks_every_alarm_and_every_log_once() -> None:
    body = overview(300)
    arns = Counter(arn for each in properties(body, "alarm") for arn in each["alarms"])
    assert (len(arns), set(arns.values())) == (300 * 6, {1})
    queries = " ".join(each["query"] for each in properties(body, "log"))
    assert {queries.count(f"SOURCE '/aws/lambda/ecr-batch-updater-dev-pair-{n}'") for n in range(300)} == {1}


def test_more_pairs_than_a_dashboard_can_show_are_refused_with_the_number_to_leave_out() -> None:
    choices = dict.fromkeys(map(str, range(MOST_PAIRS + 5)), Dashboard.OVERVIEW)
    (problem,) = overview_problems(choices)
    assert (problem.key, problem.remedy) == (
        "dashboard",
        "set dashboard to none for 5 pairs or more, or split the stack",
    )
    without = choices | dict.fromkeys(map(str, range(5)), Dashboard.NONE)
    assert overview_problems(without) == []
    assert overview_problems(dict.fromkeys(choices, Dashboard.OWN)) == []


def test_no_pairs_dashboard_has_the_name_of_an_overview() -> None:
    assert overview_name("updater", "dev") == "updater-dev_overview"
    assert overview_name("updater", "dev") != Names("updater", "dev", "overview").base


def test_the_page_about_dashboards_lists_every_metric_with_its_unit_and_the_number_of_pairs() -> None:
    page = (ROOT / "docs/dashboards.md").read_text()
    rows = (line.split(" | ") for line in page.split("## Metrics")[1].splitlines() if line.startswith("| `"))
    assert {name.strip("| `"): unit for name, unit, *_ in rows} == UNITS
    assert f"It holds {MOST_PAIRS} pairs" in page


@pytest.mark.parametrize("file", ["overview.png", "dashboard.png"])
def test_the_pictures_are_small_enough_for_a_page(file: str) -> None:
    assert (ROOT / "docs/images" / file).stat().st_size < 200_000
