"""The policy of the function's role against what the function does, in every configuration.

One stack has a pair for each of tests/support/configurations.py. All live through the same pushes, before
anything scans the registry, with basic and with enhanced scanning, and each gets an event that fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from local.cloud import Cloud
from local.deploy import deploy_program
from local.iam.calls import Call
from local.iam.policy import decide
from local.seed import create_repository, create_role, fargate_definition
from local.seed_images import push_image
from tests.cloud.conftest import ROOT
from tests.support.configurations import CONFIGURATIONS, REPOSITORY, ROLES, SWITCHES, Configuration, switched

Statement = Mapping[str, Any]

# What the function's code does not call, and its role must allow all the same.
BY_AWS = {
    "logs:CreateLogStream": "Lambda writes the function's log with its role",
    "logs:PutLogEvents": "Lambda writes the function's log with its role",
    "sqs:SendMessage": "Lambda puts an event that it gave up into the failure queue with the function's role",
    "batch:TagResource": "AWS Batch asks for it when a registration has tags",
    "iam:PassRole": "AWS Batch asks for it for each role that a registration names",
    "inspector2:ListCoverage": "ECR asks Amazon Inspector in its caller's name when scanning is enhanced",
    "inspector2:ListFindings": "ECR asks Amazon Inspector in its caller's name when scanning is enhanced",
}


@dataclass(frozen=True)
class Life:
    """A pair's statements, and what was asked of them: with basic scanning, and in all."""

    statements: Sequence[Statement]
    basic: Sequence[Call]
    calls: Sequence[Call]


@pytest.fixture(scope="module")
def lives(running_cloud: Cloud) -> Mapping[str, Life]:
    cloud = running_cloud
    cloud.reset()
    outputs = deploy(cloud)
    push(cloud, "unscanned", scanned=False)
    for name in CONFIGURATIONS:
        # An event that is none of ours, so that Lambda gives it up.
        cloud.client("lambda").invoke(FunctionName=function(name), InvocationType="Event", Payload=b"{}")
    for build, kind in {"first": "BASIC", "second": "BASIC", "third": "ENHANCED"}.items():
        scan_on_push(cloud, kind)
        push(cloud, build, scanned=True)
        if build == "second":
            basic = {name: cloud.calls_by(function(name)) for name in CONFIGURATIONS}
    return {
        name: Life(statements(cloud, outputs[name]), basic[name], cloud.calls_by(function(name)))
        for name in CONFIGURATIONS
    }


def deploy(cloud: Cloud) -> dict[str, Any]:
    create_repository(cloud, REPOSITORY)
    for role in ROLES:
        create_role(cloud, role.rpartition("/")[2])
    for configuration in CONFIGURATIONS.values():
        for document in first_revisions(configuration):
            cloud.client("batch").register_job_definition(**document)
    pairs = {name: dict(configuration.keys) for name, configuration in CONFIGURATIONS.items()}
    outputs = deploy_program(cloud, "all", project_dir=ROOT, config={"ecr-batch-updater:pairs": pairs})
    found: dict[str, Any] = outputs["pairs"]
    return found


def first_revisions(configuration: Configuration) -> Iterator[dict[str, Any]]:
    """They name the platform, which any gate looks at, and roles only where the pair may pass them."""
    for name in configuration.job_definitions:
        image = f"123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/{REPOSITORY}:first"
        document = fargate_definition(name, image=image, job_role=ROLES[0], execution_role=ROLES[1])
        document["containerProperties"]["runtimePlatform"] = {"cpuArchitecture": "X86_64"}
        if not configuration.pass_roles:
            del document["containerProperties"]["jobRoleArn"]
            del document["containerProperties"]["executionRoleArn"]
        yield document


def push(cloud: Cloud, build: str, *, scanned: bool) -> None:
    digest = push_image(cloud, REPOSITORY, "latest", build=build)
    cloud.settle()
    if scanned:
        cloud.scans.finish(REPOSITORY, digest)
        cloud.settle()


def scan_on_push(cloud: Cloud, kind: str) -> None:
    frequency = "CONTINUOUS_SCAN" if kind == "ENHANCED" else "SCAN_ON_PUSH"
    everything = [{"filter": "*", "filterType": "WILDCARD"}]
    cloud.client("ecr").put_registry_scanning_configuration(
        scanType=kind, rules=[{"scanFrequency": frequency, "repositoryFilters": everything}]
    )


def function(pair: str) -> str:
    return f"ecr-batch-updater-all-{pair}"


def statements(cloud: Cloud, outputs: Mapping[str, str]) -> list[Statement]:
    answer = cloud.client("iam").get_role_policy(
        RoleName=outputs["roleName"], PolicyName=outputs["policyName"]
    )
    found: list[Statement] = answer["PolicyDocument"]["Statement"]
    return found


def narrowed(statement: Statement) -> Iterator[Statement]:
    """The statement with a single action, then with a single resource, then with a single condition value.

    Not every action with every resource: statements that share resources are merged to save room in the
    policy (IAM/latest/UserGuide/reference_iam-quotas.html).
    """
    for element in ("Action", "Resource"):
        for value in statement[element]:
            yield {**statement, element: value}
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            for value in [values] if isinstance(values, str) else values:
                yield {**statement, "Condition": {operator: {key: value}}}


def unused(allowed: Sequence[Statement], calls: Sequence[Call]) -> list[Statement]:
    """What the statements allow and no call needed."""
    return [
        part
        for statement in allowed
        for part in narrowed(statement)
        if not any(decide([{"Statement": [part]}], call) == "allowed" for call in calls)
    ]


def test_each_switch_of_the_policy_has_its_positions_here() -> None:
    turned = [read for switch in SWITCHES for read in switch.reads]
    assert sorted(turned) == sorted(switched())


def test_no_two_configurations_may_do_the_same(lives: Mapping[str, Life]) -> None:
    allowed = [
        frozenset(action for statement in life.statements for action in statement["Action"])
        for life in lives.values()
    ]
    assert len(set(allowed)) == len(CONFIGURATIONS)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_policy_allows_every_call(lives: Mapping[str, Life], name: str) -> None:
    assert [call for call in lives[name].calls if not call.allowed] == []


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_the_policy_allows_nothing_else(lives: Mapping[str, Life], name: str) -> None:
    assert unused(lives[name].statements, lives[name].calls) == []


@pytest.mark.parametrize("name", [name for name, each in CONFIGURATIONS.items() if each.scans])
def test_with_basic_scanning_only_what_is_asked_of_inspector_is_unused(
    lives: Mapping[str, Life], name: str
) -> None:
    left = unused(lives[name].statements, lives[name].basic)
    assert {statement["Sid"] for statement in left} == {"ReadInspector"}


def test_what_aws_does_with_the_role_is_listed_with_the_reason(lives: Mapping[str, Life]) -> None:
    calls = [call for life in lives.values() for call in life.calls]
    own = {call.action for call in calls if not call.by_aws}
    assert {call.action for call in calls if call.by_aws} == set(BY_AWS)
    assert not own & set(BY_AWS)
    allowed = {
        action for life in lives.values() for statement in life.statements for action in statement["Action"]
    }
    assert own | set(BY_AWS) == allowed


def test_a_statement_that_is_missing_is_seen_and_one_that_is_too_wide(lives: Mapping[str, Life]) -> None:
    life = lives["roles-newest-severity-telling"]
    for statement in life.statements:
        others = [each for each in life.statements if each is not statement]
        refused = [call for call in life.calls if decide([{"Statement": others}], call) != "allowed"]
        assert refused, statement["Sid"]
        wider = {**statement, "Resource": [*statement["Resource"], "arn:aws:batch:::nothing"]}
        assert len(unused([*others, wider], life.calls)) == 1
