"""The alarms and dashboards that the program registers."""

from __future__ import annotations

from tests.infra.example import (
    HERE,
    PAIR,
    TAGS,
    TOPIC,
    example,
    with_keys,
)
from tests.support.recorder import (
    Recording,
    evaluate_main,
)


def alarm_actions(recording: Recording) -> set[tuple[str, ...]]:
    alarms = recording.all("MetricAlarm")
    assert len(alarms) == 6
    return {tuple(alarm.inputs["alarmActions"]) for alarm in alarms}


def test_every_alarm_fires_from_one_on_and_takes_silence_as_good_news(deployed: Recording) -> None:
    assert {
        tuple(
            alarm.inputs[key]
            for key in ("comparisonOperator", "threshold", "evaluationPeriods", "treatMissingData", "period")
        )
        for alarm in deployed.all("MetricAlarm")
    } == {("GreaterThanOrEqualToThreshold", 1, 1, "notBreaching", 300)}
    assert {
        alarm.inputs["metricName"]: alarm.inputs["statistic"] for alarm in deployed.all("MetricAlarm")
    } == {
        "Errors": "Sum",
        "AsyncEventsDropped": "Sum",
        "DestinationDeliveryFailures": "Sum",
        "InvocationsFailedToBeSentToDlq": "Sum",
        "ApproximateNumberOfMessagesVisible": "Maximum",
    }


def test_every_alarm_watches_a_metric_of_the_service_that_reports_it(deployed: Recording) -> None:
    assert {
        alarm.inputs["metricName"]: alarm.inputs["namespace"] for alarm in deployed.all("MetricAlarm")
    } == {
        "Errors": "AWS/Lambda",
        "AsyncEventsDropped": "AWS/Lambda",
        "DestinationDeliveryFailures": "AWS/Lambda",
        "InvocationsFailedToBeSentToDlq": "AWS/Events",
        "ApproximateNumberOfMessagesVisible": "AWS/SQS",
    }


def test_events_that_are_lost_on_the_way_raise_an_alarm_for_every_rule(deployed: Recording) -> None:
    watched = [
        alarm.inputs["dimensions"]["RuleName"]
        for alarm in deployed.all("MetricAlarm")
        if alarm.inputs["namespace"] == "AWS/Events"
    ]
    assert sorted(watched) == sorted(rule.inputs["name"] for rule in deployed.all("EventRule"))


def test_without_topics_and_addresses_the_alarms_notify_nobody_and_no_topic_exists(
    deployed: Recording,
) -> None:
    assert alarm_actions(deployed) == {()}
    assert deployed.all("Topic") == []


def test_the_alarms_notify_the_pairs_topics_and_the_stacks_own() -> None:
    config = with_keys(alarmTopics=[TOPIC]) | {
        "ecr-batch-updater:alarmEmails": ["a@example.com", "b@example.com"]
    }
    recording = evaluate_main(config)
    topic = recording.one("Topic")
    assert topic.inputs["name"] == "ecr-batch-updater-dev-alarms"
    assert topic.inputs["tags"] == {key: value for key, value in TAGS.items() if key != "pair"}
    assert alarm_actions(recording) == {(TOPIC, f"arn:aws:sns:{HERE}:ecr-batch-updater-dev-alarms")}
    subscriptions = recording.all("TopicSubscription")
    assert {(s.inputs["protocol"], s.inputs["endpoint"]) for s in subscriptions} == {
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    }
    assert {s.inputs["topic"] for s in subscriptions} == {f"arn:aws:sns:{HERE}:ecr-batch-updater-dev-alarms"}
    assert all(s.parent.endswith("aws:sns/topic:Topic::alarms") for s in subscriptions)


def test_a_pair_without_dashboard_has_none() -> None:
    recording = evaluate_main(with_keys(dashboard="none"))
    assert recording.all("Dashboard") == []
    assert recording.exports["pairs"][PAIR].get("dashboardName") is None


def test_the_dashboard_is_that_of_the_pair_in_its_region(deployed: Recording) -> None:
    body = deployed.one("Dashboard").document("dashboardBody")
    regions = {widget["properties"].get("region", "ap-southeast-2") for widget in body["widgets"]}
    assert regions == {"ap-southeast-2"}
    (states,) = (widget["properties"]["alarms"] for widget in body["widgets"] if widget["type"] == "alarm")
    alarms = {f"arn:aws:cloudwatch:{HERE}:alarm:{a.inputs['name']}" for a in deployed.all("MetricAlarm")}
    assert set(states) == alarms


def stack_of(**dashboards: str) -> Recording:
    """The stack with one pair for each choice."""
    pairs = {
        name: {"repository": f"backend-{name}", "jobDefinitions": [f"{name}-job"], "dashboard": choice}
        for name, choice in dashboards.items()
    }
    return evaluate_main(example() | {"ecr-batch-updater:pairs": pairs})


def test_an_overview_is_one_dashboard_with_every_pair_but_those_that_want_none() -> None:
    recording = stack_of(a="overview", b="overview", c="own", d="none")
    bodies = {
        each.inputs["dashboardName"]: each.inputs["dashboardBody"] for each in recording.all("Dashboard")
    }
    assert bodies.keys() == {"ecr-batch-updater-dev_overview", "ecr-batch-updater-dev-c"}
    shown = bodies["ecr-batch-updater-dev_overview"]
    assert [name for name in "abcd" if f"/aws/lambda/ecr-batch-updater-dev-{name}'" in shown] == [
        "a",
        "b",
        "c",
    ]
    assert recording.by_urn()["aws:cloudwatch/dashboard:Dashboard::overview"].parent.endswith(
        "pulumi:pulumi:Stack::ecr-batch-updater-dev"
    )


def test_a_pairs_outputs_lead_to_where_it_is_drawn() -> None:
    outputs = stack_of(a="overview", c="own", d="none").exports["pairs"]
    assert {name: each.get("dashboardName") for name, each in outputs.items()} == {
        "a": "ecr-batch-updater-dev_overview",
        "c": "ecr-batch-updater-dev-c",
        "d": None,
    }
    assert outputs["a"]["dashboardUrl"].endswith("#dashboards/dashboard/ecr-batch-updater-dev_overview")


def test_without_a_pair_that_asks_for_it_there_is_no_overview() -> None:
    assert [each.name for each in stack_of(a="own", b="none").all("Dashboard")] == ["a-dashboard"]
