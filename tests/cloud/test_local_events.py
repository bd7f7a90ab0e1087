"""EventBridge in the local cloud: which rules match, who is started, what happens when that fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.cloud import Cloud
from tests.cloud.conftest import Handmade

ECHO = "def handle(event, context):\n    print({'got': event['detail']})\n"
SOURCE = {"source": ["app"]}


def put(cloud: Cloud, detail: Any, source: str = "app") -> str:
    entry = {"Source": source, "DetailType": "thing", "Detail": json.dumps(detail)}
    answer = cloud.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 0, answer
    cloud.settle()
    event_id: str = answer["Entries"][0]["EventId"]
    return event_id


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (["a"], "a", "b"),
        ([{"prefix": "v"}], "v1", "1v"),
        ([{"suffix": "-rc"}], "1-rc", "1-rc1"),
        ([{"wildcard": "release-*"}], "release-7", "rc-7"),
        ([{"anything-but": ["x"]}], "y", "x"),
        ([{"anything-but": {"prefix": "x"}}], "y", "x1"),
        ([{"equals-ignore-case": "LATEST"}], "Latest", "later"),
        ([{"exists": False}, ""], "", "a"),
        (["a", {"prefix": "b"}], "b1", "c"),
    ],
)
def test_a_rule_matches_as_eventbridge_documents(
    handmade: Handmade, pattern: list[Any], matching: str, other: str
) -> None:
    handmade.queue("got", rule=handmade_rule(handmade, {"detail": {"tag": pattern}}))
    put(handmade.cloud, {"tag": other})
    assert handmade.messages("got") == []
    put(handmade.cloud, {"tag": matching})
    assert len(handmade.messages("got")) == 1


def handmade_rule(handmade: Handmade, pattern: dict[str, Any]) -> str:
    queue = "arn:aws:sqs:ap-southeast-2:123456789012:got"
    return handmade.rule(pattern, queue, allow=False)


def test_or_matches_either_branch(handmade: Handmade) -> None:
    pattern = {"detail": {"$or": [{"a": [1]}, {"b": [2]}]}}
    handmade.queue("got", rule=handmade_rule(handmade, pattern))
    put(handmade.cloud, {"a": 2, "b": 1})
    put(handmade.cloud, {"a": 2, "b": 2})
    assert [json.loads(message["Body"])["detail"] for message in handmade.messages("got")] == [
        {"a": 2, "b": 2}
    ]


def test_a_matching_event_starts_the_function_with_the_event_as_it_is(handmade: Handmade) -> None:
    handmade.rule(
        SOURCE, handmade.function("import json\ndef handle(event, context):\n    print(json.dumps(event))\n")
    )
    event_id = put(handmade.cloud, {"n": 1})
    lines = handmade.lines(pattern=f'{{ $.id = "{event_id}" }}')
    assert json.loads(lines[0]) == handmade.cloud.events.history[-1]


def test_a_disabled_rule_starts_nothing(handmade: Handmade) -> None:
    handmade.rule(SOURCE, handmade.function(ECHO))
    handmade.cloud.client("events").disable_rule(Name="rule")
    put(handmade.cloud, {})
    assert handmade.starts() == 0


def test_without_permission_the_raw_event_goes_to_the_dead_letter_queue_at_once(handmade: Handmade) -> None:
    function = handmade.function(ECHO)
    dlq = "arn:aws:sqs:ap-southeast-2:123456789012:failures"
    rule = handmade.rule(SOURCE, function, allow=False, DeadLetterConfig={"Arn": dlq})
    handmade.queue(rule=rule)
    put(handmade.cloud, {"n": 1})
    (message,) = handmade.messages()
    assert json.loads(message["Body"]) == handmade.cloud.events.history[-1]
    attributes = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert attributes.pop("ERROR_MESSAGE")
    assert attributes == {"RULE_ARN": rule, "TARGET_ARN": function, "ERROR_CODE": "NO_PERMISSIONS"}
    assert handmade.starts() == 0


def test_permission_for_another_rule_is_none(handmade: Handmade) -> None:
    function = handmade.function(ECHO)
    rule = handmade.rule(SOURCE, function, allow=False)
    handmade.allow(function, rule + "-other")
    put(handmade.cloud, {})
    assert handmade.starts() == 0


def test_a_queue_that_is_closed_to_the_rule_loses_the_event_and_counts_it(handmade: Handmade) -> None:
    dlq = handmade.queue(rule="arn:aws:events:ap-southeast-2:123456789012:rule/other")
    handmade.rule(SOURCE, handmade.function(ECHO), allow=False, DeadLetterConfig={"Arn": dlq})
    put(handmade.cloud, {})
    assert handmade.messages() == []
    metrics = handmade.cloud.client("cloudwatch").list_metrics(Namespace="AWS/Events")["Metrics"]
    assert "InvocationsFailedToBeSentToDlq" in {metric["MetricName"] for metric in metrics}


def test_a_throttled_delivery_is_tried_again(handmade: Handmade) -> None:
    handmade.rule(SOURCE, handmade.function(ECHO))
    handmade.cloud.faults.add("lambda:InvokeFunction", "throttle", times=3)
    put(handmade.cloud, {})
    assert handmade.starts() == 1


def test_a_delivery_that_stays_throttled_ends_in_the_dead_letter_queue(handmade: Handmade) -> None:
    dlq = "arn:aws:sqs:ap-southeast-2:123456789012:failures"
    retries = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    rule = handmade.rule(SOURCE, handmade.function(ECHO), DeadLetterConfig={"Arn": dlq}, RetryPolicy=retries)
    handmade.queue(rule=rule)
    handmade.cloud.faults.add("lambda:InvokeFunction", "throttle", times=3)
    put(handmade.cloud, {})
    (message,) = handmade.messages()
    attributes = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert attributes["RETRY_ATTEMPTS"] == "2"
    assert handmade.starts() == 0


def test_a_schedule_fires_when_it_is_told_to(handmade: Handmade) -> None:
    function = handmade.function("def handle(event, context):\n    print(event)\n")
    events = handmade.cloud.client("events")
    rule = events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")["RuleArn"]
    events.put_targets(
        Rule="hourly", Targets=[{"Id": "a", "Arn": function, "Input": '{"action": "reconcile"}'}]
    )
    handmade.allow(function, rule)
    put(handmade.cloud, {})
    assert handmade.starts() == 0
    event = handmade.cloud.tick("hourly")
    handmade.cloud.settle()
    assert (event["source"], event["detail-type"], event["resources"]) == (
        "aws.events",
        "Scheduled Event",
        [rule],
    )
    assert "{'action': 'reconcile'}" in handmade.lines()


def test_a_tick_of_a_rule_without_a_schedule_is_an_error(handmade: Handmade) -> None:
    handmade.rule(SOURCE, handmade.function(ECHO))
    with pytest.raises(LookupError, match="no scheduled rule rule"):
        handmade.cloud.tick("rule")


def test_nobody_but_aws_may_send_as_aws(cloud: Cloud) -> None:
    entry = {"Source": "aws.ecr", "DetailType": "thing", "Detail": "{}"}
    answer = cloud.client("events").put_events(Entries=[entry])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
