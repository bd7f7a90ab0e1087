"""From the repository to the function: where, which rule, which target.

Each test breaks exactly one link, and exactly that finding appears.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.seed import push
from tests.ops.check.world import (
    AWS,
    BASE,
    DEFINITION,
    FUNCTION_ARN,
    QUEUE,
    REDEPLOY,
    REPOSITORY,
    SCHEDULE,
    World,
    assert_finding,
)


def test_another_region_than_the_stacks_is_found_and_nothing_else_is_looked_at(world: World) -> None:
    finding = world.finding("--region", "eu-west-1")
    assert_finding(finding, "place", "region eu-west-1", "deployed to ap-southeast-2", "--region")
    assert finding["pair"] is None
    assert world.check("--region", "eu-west-1")[1]["passed"] == []


def test_another_account_than_the_stack_allows_is_found(world: World) -> None:
    world.afterwards(world.configure)
    world.configure(config={"aws:allowedAccountIds": ["999999999999"]})
    assert_finding(world.finding(), "place", "account 123456789012", "999999999999", "--profile")
    world.configure(config={"aws:allowedAccountIds": '["999999999999", "123456789012"]'})
    assert world.check()[0] == 0


def test_a_pair_that_was_never_deployed_is_one_finding(world: World) -> None:
    world.configure(stack="prod", config={"ecr-batch-updater:alarmEmails": None})
    world.afterwards((world.directory / "Pulumi.prod.yaml").unlink)
    finding = world.finding(stack="prod")
    assert_finding(
        finding, "deployment", "ecr-batch-updater-prod-ocr", "nothing of the pair", "`pulumi up --stack prod`"
    )


def test_a_missing_repository_is_found(world: World) -> None:
    world.deployed_with(repository="team/renamed", adopt={DEFINITION: ["*"]})
    finding = world.finding()
    assert_finding(
        finding,
        "repository",
        "team/renamed",
        "no such repository",
        f"{AWS} ecr create-repository --repository-name team/renamed`",
    )


def test_a_disabled_rule_is_found(world: World) -> None:
    events = world.client("events")
    events.disable_rule(Name=BASE)
    world.afterwards(lambda: events.enable_rule(Name=BASE))
    assert_finding(world.finding(), "rule", BASE, "DISABLED", f"{AWS} events enable-rule --name {BASE}`")


def test_a_missing_rule_is_one_finding_although_nothing_can_be_said_of_its_target(world: World) -> None:
    events = world.client("events")
    events.remove_targets(Rule=BASE, Ids=["function"])
    events.delete_rule(Name=BASE)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "rule", BASE, "no such EventBridge rule", REDEPLOY)


def put_pattern(world: World, **changes: Any) -> None:
    events = world.client("events")
    pattern = json.loads(events.describe_rule(Name=BASE)["EventPattern"])
    pattern["detail"] |= changes
    events.put_rule(Name=BASE, EventPattern=json.dumps(pattern), State="ENABLED")
    world.redeploy_afterwards()


def test_a_pattern_that_no_push_of_the_pair_matches_is_found(world: World) -> None:
    put_pattern(world, **{"image-tag": ["release"]})
    assert_finding(
        world.finding(), "pattern", BASE, f"does not match a push of {REPOSITORY}:latest", "imageTag"
    )


def test_a_pattern_that_lets_through_more_than_it_should_is_found(world: World) -> None:
    put_pattern(world, **{"image-tag": [{"exists": True}]})
    assert_finding(world.finding(), "pattern", BASE, "not the pattern that this checkout deploys", REDEPLOY)


def test_a_disabled_schedule_is_found(world: World) -> None:
    events = world.client("events")
    events.disable_rule(Name=SCHEDULE)
    world.afterwards(lambda: events.enable_rule(Name=SCHEDULE))
    assert_finding(world.finding(), "schedule", SCHEDULE, "DISABLED", f"enable-rule --name {SCHEDULE}`")


def test_a_missing_schedule_is_found(world: World) -> None:
    events = world.client("events")
    events.remove_targets(Rule=SCHEDULE, Ids=["function"])
    events.delete_rule(Name=SCHEDULE)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "schedule", SCHEDULE, "no such EventBridge rule", REDEPLOY)


def test_another_schedule_than_the_configured_one_is_found(world: World) -> None:
    world.client("events").put_rule(Name=SCHEDULE, ScheduleExpression="rate(7 days)", State="ENABLED")
    world.redeploy_afterwards()
    assert_finding(world.finding(), "schedule", SCHEDULE, "rate(7 days)", REDEPLOY)


def with_gate_on_scans(world: World) -> str:
    """The name of the rule of scans that the gate brings."""
    world.deployed_with(requires={"maxSeverity": "HIGH"})
    assert world.note("scans") == ""
    return f"{BASE}-scans"


def test_a_missing_rule_of_scans_is_found(world: World) -> None:
    events, name = world.client("events"), with_gate_on_scans(world)
    events.remove_targets(Rule=name, Ids=["function"])
    events.delete_rule(Name=name)
    assert_finding(world.finding(), "scans", name, "no such EventBridge rule", REDEPLOY)


def test_a_rule_of_scans_with_another_pattern_is_found(world: World) -> None:
    events, name = world.client("events"), with_gate_on_scans(world)
    events.put_rule(Name=name, EventPattern='{"source": ["aws.ecr"]}', State="ENABLED")
    assert_finding(world.finding(), "scans", name, '{"source": ["aws.ecr"]}', REDEPLOY)


def test_a_pattern_of_a_policy_is_tried_with_the_selected_tag_or_else_compared(world: World) -> None:
    push(world.cloud, REPOSITORY, "newer", tag="v1.2.0")
    world.deployed_with(imagePolicy={"semver": ">=1"})
    world.cloud.tick(SCHEDULE)
    world.cloud.settle()
    assert world.note("pattern") == f"matches a push of {REPOSITORY}:v1.2.0"
    world.deployed_with(imagePolicy={"semver": ">=2"})
    code, document = world.check()
    assert (code, [item["link"] for item in document["findings"]]) == (1, ["image"])
    notes = [item["note"] for item in document["passed"] if item["link"] == "pattern"]
    assert notes == ["as in this checkout"]


def test_with_paused_a_disabled_rule_is_right_and_an_enabled_one_is_found(world: World) -> None:
    world.deployed_with(paused=True)
    assert world.note("rule") == "disabled, since the pair is paused"
    world.client("events").enable_rule(Name=BASE)
    assert_finding(world.finding(), "rule", BASE, "enabled although the pair is paused", "paused: true")


@pytest.mark.parametrize("rule", [BASE, SCHEDULE])
def test_a_rule_without_a_target_is_found(world: World, rule: str) -> None:
    world.client("events").remove_targets(Rule=rule, Ids=["function"])
    world.redeploy_afterwards()
    assert_finding(world.finding(), "target", rule, "has no target", REDEPLOY)


def put_target(world: World, **target: Any) -> None:
    queue = f"arn:aws:sqs:ap-southeast-2:123456789012:{QUEUE}"
    usual = {"Id": "function", "Arn": FUNCTION_ARN, "DeadLetterConfig": {"Arn": queue}}
    merged = {key: value for key, value in {**usual, **target}.items() if value is not None}
    world.client("events").put_targets(Rule=BASE, Targets=[merged])
    world.redeploy_afterwards()


def test_a_target_that_is_another_function_is_found(world: World) -> None:
    put_target(world, Arn=f"{FUNCTION_ARN}-old")
    assert_finding(world.finding(), "target", BASE, f"{FUNCTION_ARN}-old, not the function", REDEPLOY)


def test_a_target_that_changes_the_event_is_found(world: World) -> None:
    put_target(world, Input='{"action": "reconcile"}')
    assert_finding(world.finding(), "target", BASE, "sets Input", REDEPLOY)


def test_a_target_without_its_dead_letter_queue_is_found(world: World) -> None:
    put_target(world, DeadLetterConfig=None)
    assert_finding(world.finding(), "dead letters", BASE, "is lost", REDEPLOY)
    put_target(world, DeadLetterConfig={"Arn": "arn:aws:sqs:ap-southeast-2:123456789012:other"})
    assert_finding(world.finding(), "dead letters", BASE, "goes to arn:aws:sqs", REDEPLOY)


@pytest.mark.parametrize(
    ("statement", "rule"), [("RuleInvokesFunction", BASE), ("ScheduleInvokesFunction", SCHEDULE)]
)
def test_a_rule_that_may_not_start_the_function_is_found(world: World, statement: str, rule: str) -> None:
    world.client("lambda").remove_permission(FunctionName=BASE, StatementId=statement)
    world.redeploy_afterwards()
    assert_finding(world.finding(), "permission", rule, "does not let it start", REDEPLOY)
