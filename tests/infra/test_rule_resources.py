"""What starts the function: rules, targets and permissions, and the queue for what failed."""

from __future__ import annotations

from typing import Any

import pytest

from handler.settings import Settings
from tests.infra.example import (
    BASE,
    FUNCTION,
    PAIR,
    QUEUE,
    RULE,
    SCHEDULE,
    TAGS,
    example,
    needs,
    part,
    with_keys,
    without_schedule,
)
from tests.support.recorder import (
    ACCOUNT,
    Recording,
    evaluate_main,
)

BOTH_RULES = pytest.mark.parametrize("suffix", ["", "-reconcile"])


def test_the_rule_is_enabled_and_lets_the_pushes_of_the_pair_through(deployed: Recording) -> None:
    rule = part(deployed, "rule")
    assert rule.inputs["state"] == "ENABLED"
    assert rule.document("eventPattern") == {
        "source": ["aws.ecr"],
        "account": [ACCOUNT],
        "region": ["ap-southeast-2"],
        "detail-type": ["ECR Image Action", "ECR Replication Action"],
        "detail": {
            "action-type": ["PUSH", "REPLICATE"],
            "result": ["SUCCESS"],
            "repository-name": ["newsarchive-backend"],
            "image-tag": ["latest"],
        },
    }


def test_the_rule_follows_the_tag_of_the_pair() -> None:
    recording = evaluate_main(with_keys(imageTag="stable"))
    assert part(recording, "rule").document("eventPattern")["detail"]["image-tag"] == ["stable"]
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert variables["IMAGE_POLICY"] == '{"tag":"stable"}'


def test_the_schedule_of_the_pair_is_a_rule_of_its_own(deployed: Recording) -> None:
    inputs = dict(part(deployed, "reconcile").inputs)
    assert inputs.pop("description")
    assert inputs == {
        "name": f"{BASE}-reconcile",
        "scheduleExpression": "rate(1 hour)",
        "state": "ENABLED",
        "tags": TAGS,
    }


def test_a_paused_pair_has_disabled_rules_and_a_function_that_knows() -> None:
    recording = evaluate_main(with_keys(paused=True))
    assert [rule.inputs["state"] for rule in recording.all("EventRule")] == ["DISABLED", "DISABLED"]
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert Settings.from_environment(variables).paused


@BOTH_RULES
def test_the_target_passes_the_event_on_untransformed_with_retries_and_a_dead_letter_queue(
    deployed: Recording, suffix: str
) -> None:
    target = part(deployed, f"target{suffix}")
    assert dict(target.inputs) == {
        "rule": f"{BASE}{suffix}",
        "targetId": "function",
        "arn": FUNCTION,
        "retryPolicy": {"maximumEventAgeInSeconds": 86400, "maximumRetryAttempts": 185},
        "deadLetterConfig": {"arn": QUEUE},
    }
    assert {f"{PAIR}-permission{suffix}", f"{PAIR}-dlq-policy"} <= needs(target)


@pytest.mark.parametrize(
    ("suffix", "statement", "rule"),
    [("", "RuleInvokesFunction", RULE), ("-reconcile", "ScheduleInvokesFunction", SCHEDULE)],
)
def test_each_rule_has_a_permission_of_its_own_to_invoke_the_function(
    deployed: Recording, suffix: str, statement: str, rule: str
) -> None:
    assert dict(part(deployed, f"permission{suffix}").inputs) == {
        "statementId": statement,
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "function": BASE,
        "sourceArn": rule,
    }


def test_without_a_schedule_only_the_rule_of_the_pushes_may_invoke_the_function() -> None:
    recording = evaluate_main(without_schedule())
    assert recording.one("Permission").inputs["sourceArn"] == RULE
    assert recording.one("EventTarget").inputs["rule"] == recording.one("EventRule").inputs["name"] == BASE


def test_failed_runs_are_repeated_twice_and_then_go_to_the_queue(deployed: Recording) -> None:
    invoke_config = deployed.one("FunctionEventInvokeConfig")
    assert dict(invoke_config.inputs) == {
        "functionName": BASE,
        "maximumRetryAttempts": 2,
        "maximumEventAgeInSeconds": 21600,
        "destinationConfig": {"onFailure": {"destination": QUEUE}},
    }
    assert f"{PAIR}-policy" in needs(invoke_config)


def test_the_queue_keeps_messages_for_fourteen_days_encrypted_by_sqs(deployed: Recording) -> None:
    assert dict(deployed.one("Queue").inputs) == {
        "name": f"{BASE}-dlq",
        "messageRetentionSeconds": 14 * 24 * 3600,
        "sqsManagedSseEnabled": True,
        "tags": TAGS,
    }


@pytest.mark.parametrize(
    ("config", "rules"), [(example(), [RULE, SCHEDULE]), (without_schedule(), [RULE])], ids=["both", "one"]
)
def test_every_rule_and_nobody_else_may_send_to_the_queue(config: dict[str, Any], rules: list[str]) -> None:
    recording = evaluate_main(config)
    policy = recording.one("QueuePolicy")
    assert policy.inputs["queueUrl"] == f"https://sqs.ap-southeast-2.amazonaws.com/{ACCOUNT}/{BASE}-dlq"
    (statement,) = policy.document("policy")["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Resource"] == [QUEUE]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rules}}
    assert sorted(rule.inputs["name"] for rule in recording.all("EventRule")) == [
        rule.rpartition("/")[2] for rule in rules
    ]
