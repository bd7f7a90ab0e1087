"""What the program registers for the example stack as a whole: names, tags, protection, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.infra.example import (
    BASE,
    FUNCTION,
    PAIR,
    RULE,
    TAGS,
    example,
    with_keys,
    without_schedule,
)
from tests.support.recorder import (
    ACCOUNT,
    COMPONENT,
    TYPES,
    Place,
    Recording,
    evaluate_main,
)


def test_one_pair_gives_exactly_these_resources(deployed: Recording) -> None:
    parts = [
        "logs",
        "role",
        "policy",
        "dlq",
        "dlq-policy",
        "function",
        "invoke-config",
        "rule",
        "permission",
        "target",
        "dashboard",
    ]
    alarms = ["errors", "failures-queued", "events-dropped", "undelivered-failures", "undelivered-events"]
    scheduled = ["reconcile", "permission-reconcile", "target-reconcile", "undelivered-reconciles"]
    assert sorted(resource.name for resource in deployed.resources) == sorted(
        [PAIR, *(f"{PAIR}-{part}" for part in [*parts, *alarms, *scheduled])]
    )
    assert sorted(resource.name for resource in evaluate_main(without_schedule()).resources) == sorted(
        [PAIR, *(f"{PAIR}-{part}" for part in [*parts, *alarms])]
    )


def test_every_resource_is_a_child_of_the_component(deployed: Recording) -> None:
    for resource in deployed.resources:
        expected = "pulumi:pulumi:Stack" if resource.type == COMPONENT else f"{COMPONENT}::{PAIR}"
        assert expected in resource.parent, resource


def test_every_resource_that_aws_tags_is_tagged(deployed: Recording) -> None:
    tagged = [resource for resource in deployed.resources if TYPES.get(resource.type, ("", False))[1]]
    assert {resource.short for resource in tagged} == {
        *("EventRule", "Function", "LogGroup", "MetricAlarm", "Queue", "Role")
    }
    assert {resource.name: resource.inputs.get("tags") for resource in tagged} == {
        resource.name: TAGS for resource in tagged
    }


def test_the_tags_of_the_pair_are_added_and_win() -> None:
    recording = evaluate_main(with_keys(tags={"team": "ocr", "project": "news"}))
    assert recording.one("Function").inputs["tags"] == TAGS | {"team": "ocr", "project": "news"}


def test_every_physical_name_is_predictable(deployed: Recording) -> None:
    named = {
        resource.name.removeprefix(f"{PAIR}-"): resource.inputs[key]
        for resource in deployed.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    }
    assert named == {
        "rule": BASE,
        "reconcile": f"{BASE}-reconcile",
        "function": BASE,
        "policy": BASE,
        "dashboard": BASE,
        "logs": f"/aws/lambda/{BASE}",
        "dlq": f"{BASE}-dlq",
        "errors": f"{BASE}-errors",
        "failures-queued": f"{BASE}-failures-queued",
        "events-dropped": f"{BASE}-events-dropped",
        "undelivered-failures": f"{BASE}-undelivered-failures",
        "undelivered-events": f"{BASE}-undelivered-events",
        "undelivered-reconciles": f"{BASE}-undelivered-reconciles",
    }
    assert "name" not in deployed.one("Role").inputs


def test_the_lookups_are_made_through_the_component(deployed: Recording) -> None:
    # They are made at the same time, in no order.
    assert sorted(token for token, _ in deployed.invokes) == [
        "aws:index/getCallerIdentity:getCallerIdentity",
        "aws:index/getPartition:getPartition",
        "aws:index/getRegion:getRegion",
    ]


def test_queue_and_log_group_are_protected_on_request_and_nothing_else() -> None:
    recording = evaluate_main(example() | {"ecr-batch-updater:protect": True})
    assert {resource.short for resource in recording.resources if resource.protect} == {"Queue", "LogGroup"}


def test_nothing_is_protected_otherwise(deployed: Recording) -> None:
    assert not [resource for resource in deployed.resources if resource.protect]


def test_the_one_stack_output_names_what_people_look_for(deployed: Recording) -> None:
    assert deployed.exports == {
        "pairs": {
            PAIR: {
                "functionArn": FUNCTION,
                "ruleArn": RULE,
                "roleName": f"{PAIR}-role-0123abc",
                "policyName": BASE,
                "logGroup": f"/aws/lambda/{BASE}",
                "queueUrl": f"https://sqs.ap-southeast-2.amazonaws.com/{ACCOUNT}/{BASE}-dlq",
                "dashboardName": BASE,
                "dashboardUrl": "https://ap-southeast-2.console.aws.amazon.com/cloudwatch/home"
                f"?region=ap-southeast-2#dashboards/dashboard/{BASE}",
            }
        }
    }


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_in_another_partition_no_arn_names_the_standard_one(partition: str, region: str) -> None:
    recording = evaluate_main(with_keys(passRoles=[]), place=Place(region, partition))
    texts = [text for resource in recording.resources for text in strings(resource.inputs)]
    assert [text for text in texts if f"arn:{partition}:" in text]
    assert not [text for text in texts if "arn:aws:" in text]


def strings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def test_two_pairs_differ_in_every_name_and_share_nothing_but_the_topic() -> None:
    two = {
        "a": {"repository": "one", "jobDefinitions": ["x"]},
        "a-dlq": {"repository": "two", "jobDefinitions": ["y", "z"]},
    }
    config = example() | {
        "ecr-batch-updater:pairs": two,
        "ecr-batch-updater:alarmEmails": ["a@example.com"],
    }
    recording = evaluate_main(config)
    assert len(recording.by_urn()) == len(recording.resources) == 2 * 17 + 2
    physical = [
        (resource.type, resource.inputs[key])
        for resource in recording.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    ]
    assert len(physical) == len(set(physical))
    for pair in two:
        own = [
            resource for resource in recording.resources if resource.parent.endswith(f"{COMPONENT}::{pair}")
        ]
        assert len(own) == 16
        assert {resource.inputs["tags"]["pair"] for resource in own if "tags" in resource.inputs} == {pair}
        assert all(resource.name.startswith(f"{pair}-") for resource in own)
        text = "".join(strings([dict(resource.inputs) for resource in own]))
        other = "one" if pair == "a-dlq" else "two"
        assert f"repository/{other}" not in text
    assert set(recording.exports["pairs"]) == set(two)


def test_pairs_that_are_named_like_parts_of_another_never_meet_it() -> None:
    names = [
        "a",
        "a-rule",
        "a-permission",
        "a-target",
        "a-undelivered",
        "reconcile",
        "a-reconcile-rule",
        "scans",
    ]
    keys = {"repository": "backend", "reconcile": "rate(1 hour)", "requires": {"maxSeverity": "HIGH"}}
    pairs = {name: {**keys, "jobDefinitions": [f"job-{name}"]} for name in names}
    recording = evaluate_main(example() | {"ecr-batch-updater:pairs": pairs})
    assert len(recording.by_urn()) == len(recording.resources) == len(names) * 25
    physical = [
        (resource.type, resource.inputs[key])
        for resource in recording.resources
        if (key := TYPES.get(resource.type, (None, False))[0])
    ]
    assert len(physical) == len(set(physical))
