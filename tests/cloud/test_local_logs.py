"""Log lines and metrics of functions, and the patterns that find them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloudwatch.json_pattern import BadPattern, parse
from tests.cloud.conftest import Handmade

RECORD = {"level": "ERROR", "n": 3, "deep": {"list": [{"a": "x"}]}, "flag": True, "nothing": None}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.level = "ERROR" }', True),
        ("{ $.level = ERR* }", True),
        ('{ $.level != "ERROR" }', False),
        ("{ $.n > 2 && $.n <= 3 }", True),
        ("{ $.n = 4 }", False),
        ('{ $.deep.list[0].a = "x" }', True),
        ("{ $.flag IS TRUE }", True),
        ("{ $.nothing IS NULL }", True),
        ("{ $.missing NOT EXISTS }", True),
        ('{ $.missing = "x" }', False),
        ('{ ($.missing = "x") || ($.level = "ERROR" && $.n = 3) }', True),
        ('{ $.level = "INFO" || $.n = 4 }', False),
    ],
)
def test_a_json_pattern_selects_records(pattern: str, *, matches: bool) -> None:
    assert parse(pattern)(RECORD) is matches


@pytest.mark.parametrize(
    "pattern", ["{ }", "{ $.a }", "{ $.a = 1", "{ ($.a = 1 }", "{ a = 1 }", "{ $.a LIKE 1 }"]
)
def test_a_pattern_that_cannot_be_read_is_an_error(pattern: str) -> None:
    with pytest.raises(BadPattern):
        parse(pattern)


def test_a_bad_pattern_is_refused_over_the_api(handmade: Handmade) -> None:
    handmade.function("")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        handmade.lines(pattern="{ $.a }")


def test_printed_lines_and_records_of_the_platform_arrive_in_order(handmade: Handmade) -> None:
    handmade.function(
        "import sys\ndef handle(event, context):\n    print('one')\n    print('two', file=sys.stderr)\n"
    )
    handmade.invoke()
    lines = handmade.lines()
    kinds = [json.loads(line)["type"] if line.startswith("{") else line for line in lines]
    assert kinds == ["platform.initStart", "platform.start", "one", "two", "platform.report"]


def test_the_level_of_a_function_drops_what_lies_below(handmade: Handmade) -> None:
    code = """
        import logging

        def handle(event, context):
            logging.getLogger().info("quiet")
            logging.getLogger().error("loud")
            print('{"_aws": {}}')
    """
    settings = {"LogFormat": "JSON", "ApplicationLogLevel": "WARN", "SystemLogLevel": "WARN"}
    handmade.function(code, logging=settings)
    handmade.invoke()
    assert [json.loads(line)["message"] for line in handmade.lines()] == ["loud"]


def statistics(handmade: Handmade, **query: Any) -> dict[str, float]:
    now = datetime.now(UTC)
    answer = handmade.cloud.client("cloudwatch").get_metric_statistics(
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum", "SampleCount"],
        **query,
    )
    return {key: sum(point[key] for point in answer["Datapoints"]) for key in ("Sum", "SampleCount")}


def test_embedded_metrics_arrive_with_every_value(handmade: Handmade) -> None:
    line = {
        "_aws": {
            "Timestamp": 0,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Own",
                    "Dimensions": [["Pair"]],
                    "Metrics": [{"Name": "Took", "Unit": "Milliseconds"}, {"Name": "Done"}],
                }
            ],
        },
        "Pair": "a",
        "Took": [10, 20, 30],
        "Done": 2,
    }
    handmade.function(f"def handle(event, context):\n    print({json.dumps(line)!r})\n")
    handmade.invoke()
    pair = [{"Name": "Pair", "Value": "a"}]
    took = statistics(handmade, Namespace="Own", MetricName="Took", Dimensions=pair)
    done = statistics(handmade, Namespace="Own", MetricName="Done", Dimensions=pair)
    assert (took, done) == ({"Sum": 60, "SampleCount": 3}, {"Sum": 2, "SampleCount": 1})


def test_lambda_counts_invocations_and_errors(handmade: Handmade) -> None:
    handmade.function("def handle(event, context):\n    return 1 / event['by']\n")
    for by in (1, 1, 0):
        handmade.invoke(event={"by": by})
    name = [{"Name": "FunctionName", "Value": "fn"}]
    counts = [
        statistics(handmade, Namespace="AWS/Lambda", MetricName=metric, Dimensions=name)["Sum"]
        for metric in ("Invocations", "Errors")
    ]
    assert counts == [3, 1]
