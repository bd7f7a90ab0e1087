"""Calls of a function against the policy of its role."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud import Cloud
from local.iam.calls import Call
from local.seed import create_repository, push
from tests.cloud.conftest import LOGS, Handmade

DEFINITION = "arn:aws:batch:ap-southeast-2:123456789012:job-definition/job"
ROLE = "arn:aws:iam::123456789012:role/job"
REGISTER = """
    import boto3

    def handle(event, context):
        return boto3.client("batch").register_job_definition(**event)["revision"]
"""
BODY = {
    "jobDefinitionName": "job",
    "type": "container",
    "tags": {"team": "a"},
    "containerProperties": {"image": "x", "executionRoleArn": ROLE},
}


def allow(action: str, *resources: str, **condition: Any) -> dict[str, Any]:
    more = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": action, "Resource": list(resources), **more}


STATEMENTS = {
    "register": allow("batch:RegisterJobDefinition", DEFINITION),
    "tag": allow("batch:TagResource", DEFINITION, f"{DEFINITION}:*"),
    "pass": allow(
        "iam:PassRole",
        ROLE,
        StringEquals={"iam:PassedToService": ["ecs-tasks.amazonaws.com", "batch.amazonaws.com"]},
    ),
}


def test_a_registration_within_the_policy_succeeds(handmade: Handmade) -> None:
    handmade.function(REGISTER, statements=[LOGS, *STATEMENTS.values()])
    assert handmade.invoke(event=BODY) == (1, "")


@pytest.mark.parametrize(
    ("missing", "denied"),
    [
        ("register", f"batch:RegisterJobDefinition on resource: {DEFINITION}"),
        ("tag", f"batch:TagResource on resource: {DEFINITION}"),
        ("pass", f"iam:PassRole on resource: {ROLE}"),
    ],
)
def test_each_missing_statement_is_an_access_denied_in_the_words_of_aws(
    handmade: Handmade, missing: str, denied: str
) -> None:
    kept = [statement for name, statement in STATEMENTS.items() if name != missing]
    handmade.function(REGISTER, statements=[LOGS, *kept])
    result, error = handmade.invoke(event=BODY)
    assert error == "Unhandled"
    assert "AccessDeniedException" in result["errorMessage"]
    assert (
        f"User: arn:aws:sts::123456789012:assumed-role/fn-role/fn is not authorized to perform: {denied} "
        "because no identity-based policy allows the" in result["errorMessage"]
    )
    assert handmade.cloud.batch.requests == []


def test_roles_are_checked_at_any_depth(handmade: Handmade) -> None:
    handmade.function(REGISTER, statements=[LOGS, STATEMENTS["register"], STATEMENTS["pass"]])
    group = {"targetNodes": "0:", "container": {"image": "x", "jobRoleArn": ROLE + "-other"}}
    nodes = {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [group]}
    body = {"jobDefinitionName": "job", "type": "multinode", "nodeProperties": nodes}
    result, _ = handmade.invoke(event=body)
    assert f"iam:PassRole on resource: {ROLE}-other" in result["errorMessage"]


def test_a_role_must_be_passable_to_both_services(handmade: Handmade) -> None:
    only = allow("iam:PassRole", ROLE, StringEquals={"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    handmade.function(REGISTER, statements=[LOGS, STATEMENTS["register"], STATEMENTS["tag"], only])
    result, _ = handmade.invoke(event=BODY)
    assert "iam:PassRole" in result["errorMessage"]


def test_services_of_another_protocol_deny_in_their_own_shape(handmade: Handmade) -> None:
    create_repository(handmade.cloud, "mine")
    create_repository(handmade.cloud, "theirs")
    push(handmade.cloud, "theirs", "build")
    handmade.function(
        """
        import boto3
        from botocore.exceptions import ClientError

        def handle(event, context):
            try:
                boto3.client("ecr").describe_images(repositoryName=event["repository"])
            except ClientError as error:
                return error.response["Error"]["Code"]
            return "allowed"
        """,
        statements=[
            LOGS,
            allow("ecr:DescribeImages", "arn:aws:ecr:ap-southeast-2:123456789012:repository/mine"),
        ],
    )
    assert handmade.invoke(event={"repository": "mine"}) == ("allowed", "")
    assert handmade.invoke(event={"repository": "theirs"}) == ("AccessDeniedException", "")


def test_what_was_asked_of_the_policy_is_remembered(handmade: Handmade) -> None:
    handmade.function(REGISTER, statements=[LOGS, STATEMENTS["register"]])
    handmade.invoke(event={**BODY, "tags": {}})
    calls = handmade.cloud.calls_by("fn")
    assert (
        Call(action="batch:RegisterJobDefinition", resource=DEFINITION, allowed=True, by_aws=False) in calls
    )
    assert ("iam:PassRole", ROLE, False, True) in [
        (call.action, call.resource, call.allowed, call.by_aws) for call in calls
    ]
    assert "logs:PutLogEvents" in {call.action for call in calls}


def test_a_function_without_permission_to_log_leaves_no_lines(handmade: Handmade) -> None:
    handmade.function("def handle(event, context):\n    print('here')\n", statements=[STATEMENTS["pass"]])
    handmade.invoke()
    assert handmade.lines() == []
    assert {call.allowed for call in handmade.cloud.calls_by("fn")} == {False}


def test_the_operator_may_do_everything(cloud: Cloud) -> None:
    assert cloud.client("batch").register_job_definition(**BODY)["revision"] == 1
