"""The alarms and names of a pair, and the link to its dashboard."""

from __future__ import annotations

from typing import Any

import pytest

from components.documents.alarms import pair_alarms
from components.naming import Place, RuleKind, stack_topic_name
from tests.support.place import BASE, NAMES


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
    ],
)
def test_the_link_to_the_dashboard_leads_to_the_console_of_the_partition(
    partition: str, region: str, host: str
) -> None:
    url = Place(partition, region, "123456789012").dashboard_url("x")
    assert url == f"https://{host}/cloudwatch/home?region={region}#dashboards/dashboard/x"


def test_the_alarms_watch_what_can_be_lost() -> None:
    def watched(*further: RuleKind) -> set[tuple[Any, ...]]:
        found = pair_alarms(NAMES, (RuleKind.PUSHES, *further))
        return {(alarm.namespace, alarm.metric, *alarm.dimensions.items()) for alarm in found}

    function = ("FunctionName", BASE)
    always = {
        ("AWS/Lambda", "Errors", function),
        ("AWS/Lambda", "AsyncEventsDropped", function),
        ("AWS/Lambda", "DestinationDeliveryFailures", function),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName", f"{BASE}-dlq")),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", BASE)),
    }
    schedule = ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", f"{BASE}-reconcile"))
    assert watched() == always
    assert watched(RuleKind.SCHEDULE) == always | {schedule}
    scans = ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", f"{BASE}-scans"))
    assert watched(RuleKind.SCHEDULE, RuleKind.SCANS) == always | {schedule, scans}
    changes = ("AWS/Events", "InvocationsFailedToBeSentToDlq", ("RuleName", f"{BASE}-changes"))
    assert watched(RuleKind.CHANGES) == always | {changes}


def test_no_part_ends_like_another_so_that_the_names_of_two_pairs_never_meet() -> None:
    parts = [alarm.suffix for alarm in pair_alarms(NAMES, RuleKind)]
    assert not [(a, b) for a in parts for b in parts if a != b and a.endswith(f"-{b}")]


def test_the_physical_names_are_predictable() -> None:
    assert [NAMES.rule(rule) for rule in RuleKind] == [
        BASE,
        f"{BASE}-reconcile",
        f"{BASE}-scans",
        f"{BASE}-changes",
    ]
    assert (NAMES.base, NAMES.queue, NAMES.log_group) == (BASE, f"{BASE}-dlq", f"/aws/lambda/{BASE}")
    assert (NAMES.alarm("errors"), NAMES.logical("rule")) == (f"{BASE}-errors", "ocr-rule")
    assert stack_topic_name("ecr-batch-updater", "dev") == "ecr-batch-updater-dev-alarms"
