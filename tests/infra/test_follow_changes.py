"""The rule of a pair with followChanges."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from local.eventbridge import patterns as event_patterns
from tests.infra.example import BASE, FUNCTION, HERE, PAIR, QUEUE, needs, part, with_keys
from tests.support.recorder import Recording, evaluate_main

ROLE = f"{PAIR}-role-0123abc"
JOB = "newsarchivepro-ocr-job-definition"


@pytest.fixture(scope="module")
def following() -> Recording:
    return evaluate_main(with_keys(followChanges=True))


def record(**changes: Any) -> dict[str, Any]:
    """CloudTrail's record of a call of somebody who has taken on a role."""
    region, _, account = HERE.partition(":")
    detail = {
        "eventSource": "batch.amazonaws.com",
        "eventName": "RegisterJobDefinition",
        "userIdentity": caller("terraform"),
        "requestParameters": {"jobDefinitionName": JOB},
    }
    return {
        "source": "aws.batch",
        "account": account,
        "region": region,
        "detail-type": "AWS API Call via CloudTrail",
        "detail": copy.deepcopy(detail | changes),
    }


def caller(role: str) -> dict[str, Any]:
    return {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role}}}


@pytest.mark.parametrize(
    ("event", "matches"),
    [
        (record(), True),
        (record(userIdentity={"type": "IAMUser", "userName": "ann"}), True),
        (record(userIdentity={"type": "IAMUser", "sessionContext": {"attributes": {}}}), True),
        (record(userIdentity={"type": "Root"}), True),
        (record(userIdentity=caller(ROLE)), False),
        (record(errorCode="AccessDenied"), False),
        (record(eventName="DeregisterJobDefinition"), False),
        (record(requestParameters={"jobDefinitionName": "other"}), False),
        (record(requestParameters=None), False),
        ({**record(), "region": "eu-west-1"}, False),
    ],
)
def test_the_rule_lets_through_what_others_registered(
    following: Recording, event: dict[str, Any], matches: bool
) -> None:
    pattern = part(following, "changes").document("eventPattern")
    assert event_patterns.matches(pattern, event) is matches


def test_the_rule_has_a_target_a_permission_and_an_alarm_of_its_own(following: Recording) -> None:
    rule = part(following, "changes")
    assert (rule.inputs["name"], rule.inputs["state"]) == (f"{BASE}-changes", "ENABLED")
    target = part(following, "target-changes")
    assert (target.inputs["rule"], target.inputs["arn"]) == (f"{BASE}-changes", FUNCTION)
    assert target.inputs["deadLetterConfig"] == {"arn": QUEUE}
    assert {f"{PAIR}-permission-changes", f"{PAIR}-dlq-policy"} <= needs(target)
    permission = part(following, "permission-changes").inputs
    arn = f"arn:aws:events:{HERE}:rule/{BASE}-changes"
    assert (permission["statementId"], permission["sourceArn"]) == ("ChangesInvokeFunction", arn)
    assert part(following, "undelivered-changes").inputs["dimensions"] == {"RuleName": f"{BASE}-changes"}
    (statement,) = following.one("QueuePolicy").document("policy")["Statement"]
    assert arn in statement["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_a_paused_pair_has_it_disabled_and_others_have_none() -> None:
    paused = evaluate_main(with_keys(followChanges=True, paused=True))
    assert part(paused, "changes").inputs["state"] == "DISABLED"
    plain = evaluate_main(with_keys())
    assert not [rule for rule in plain.all("EventRule") if rule.name.endswith("-changes")]
