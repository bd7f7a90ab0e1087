"""What image policies and gates change in the resources of a pair."""

from __future__ import annotations

from typing import Any

import pytest

from handler.settings import Settings
from tests.infra.example import BASE, FUNCTION, HERE, PAIR, QUEUE, TAGS, needs, part, with_keys
from tests.support.recorder import Recording, evaluate_main

GATES = {"maxSeverity": "HIGH", "minAge": "10m", "platform": "linux/arm64"}


@pytest.fixture(scope="module")
def gated() -> Recording:
    return evaluate_main(with_keys(requires=GATES))


def sids(recording: Recording) -> set[str]:
    return {statement["Sid"] for statement in recording.one("RolePolicy").document("policy")["Statement"]}


@pytest.mark.parametrize(
    ("policy", "filters"),
    [
        ({"semver": ">=1.4 <2"}, [{"prefix": "1."}, {"prefix": "v1."}]),
        ({"glob": "release-*"}, [{"prefix": "release-"}]),
        ({"regex": "^main-([0-9]+)$", "order": "numeric"}, [{"prefix": "main-"}]),
    ],
)
def test_the_rule_and_the_function_have_the_policy(policy: dict[str, Any], filters: list[Any]) -> None:
    recording = evaluate_main(with_keys(imagePolicy=policy))
    assert part(recording, "rule").document("eventPattern")["detail"]["image-tag"] == filters
    variables = recording.one("Function").inputs["environment"]["variables"]
    assert Settings.from_environment(variables).policy.specification() == policy


def test_the_function_has_the_gates(gated: Recording) -> None:
    variables = gated.one("Function").inputs["environment"]["variables"]
    requires = Settings.from_environment(variables).requires
    assert requires is not None
    assert requires.specification() == GATES


def test_scans_have_a_rule_a_target_a_permission_and_an_alarm_of_their_own(gated: Recording) -> None:
    rule = part(gated, "scans")
    assert (rule.inputs["name"], rule.inputs["state"], rule.inputs["tags"]) == (
        f"{BASE}-scans",
        "ENABLED",
        TAGS,
    )
    assert rule.document("eventPattern") == {
        "source": ["aws.ecr", "aws.inspector2"],
        "account": [HERE.partition(":")[2]],
        "region": [HERE.partition(":")[0]],
        "detail-type": ["ECR Image Scan", "Inspector2 Scan"],
        "detail": {
            "repository-name": ["newsarchive-backend", f"arn:aws:ecr:{HERE}:repository/newsarchive-backend"]
        },
    }
    target = part(gated, "target-scans")
    assert (target.inputs["rule"], target.inputs["arn"]) == (f"{BASE}-scans", FUNCTION)
    assert target.inputs["deadLetterConfig"] == {"arn": QUEUE}
    assert {f"{PAIR}-permission-scans", f"{PAIR}-dlq-policy"} <= needs(target)
    permission = part(gated, "permission-scans").inputs
    arn = f"arn:aws:events:{HERE}:rule/{BASE}-scans"
    assert (permission["statementId"], permission["sourceArn"]) == ("ScansInvokeFunction", arn)
    assert part(gated, "undelivered-scans").inputs["dimensions"] == {"RuleName": f"{BASE}-scans"}
    (statement,) = gated.one("QueuePolicy").document("policy")["Statement"]
    assert arn in statement["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_a_paused_pair_has_its_rule_of_scans_disabled() -> None:
    recording = evaluate_main(with_keys(requires=GATES, paused=True))
    assert part(recording, "scans").inputs["state"] == "DISABLED"


@pytest.mark.parametrize(
    ("requires", "more"),
    [
        (None, set()),
        ({"minAge": "10m"}, {"InspectImages"}),
        ({"platform": "linux/arm64"}, {"InspectImages"}),
        ({"maxSeverity": "HIGH"}, {"InspectImages", "ReadScans", "ReadInspector"}),
    ],
)
def test_the_role_grows_by_what_the_gates_need(requires: dict[str, str] | None, more: set[str]) -> None:
    keys = {} if requires is None else {"requires": requires}
    assert sids(evaluate_main(with_keys(**keys))) - sids(evaluate_main(with_keys())) == more
    scans = [rule for rule in evaluate_main(with_keys(**keys)).all("EventRule") if "scans" in rule.name]
    assert bool(scans) == ("ReadScans" in more)
