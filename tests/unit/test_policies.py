"""What the role of the function may do, and who may send to the queue."""

from __future__ import annotations

from typing import Any

import pytest

from components.documents import iam
from components.naming import Place
from components.pair import Pair
from tests.support.place import BASE, HERE, NAMES, PLACE, ROLES


def statements(
    pass_roles: tuple[str, ...] = ROLES,
    place: Place = PLACE,
    *,
    deregisters: bool = True,
    inspects: bool = True,
    scans: bool = True,
    notifies: bool = True,
) -> dict[str, dict[str, Any]]:
    gates = {"max_severity": "HIGH"} if scans else {"platform": "linux/arm64"}
    pair = Pair.model_validate(
        {
            "repository": "team/backend",
            "job_definitions": ["a", "b"],
            "pass_roles": pass_roles,
            "keep_revisions": 5 if deregisters else None,
            "requires": gates if inspects else None,
            "notify": notifies,
        },
        by_name=True,
    )
    document = iam.function_policy(place, NAMES, pair)
    assert document["Version"] == "2012-10-17"
    found = {statement["Sid"]: statement for statement in document["Statement"]}
    assert len(found) == len(document["Statement"])
    return found


EXPECTED: dict[str, dict[str, Any]] = {
    "WriteLogs": {
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [f"arn:aws:logs:{HERE}:log-group:/aws/lambda/{BASE}:*"],
    },
    "ReadJobDefinitions": {"Action": ["batch:DescribeJobDefinitions"], "Resource": ["*"]},
    "WriteRevisions": {
        "Action": ["batch:RegisterJobDefinition", "batch:TagResource", "batch:DeregisterJobDefinition"],
        "Resource": [
            f"arn:aws:batch:{HERE}:job-definition/a",
            f"arn:aws:batch:{HERE}:job-definition/b",
            f"arn:aws:batch:{HERE}:job-definition/a:*",
            f"arn:aws:batch:{HERE}:job-definition/b:*",
        ],
    },
    "ReadImages": {
        "Action": ["ecr:DescribeImages"],
        "Resource": [f"arn:aws:ecr:{HERE}:repository/team/backend"],
    },
    "InspectImages": {
        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Resource": [f"arn:aws:ecr:{HERE}:repository/team/backend"],
    },
    "ReadScans": {
        "Action": ["ecr:DescribeImageScanFindings", "ecr:BatchGetRepositoryScanningConfiguration"],
        "Resource": [f"arn:aws:ecr:{HERE}:repository/team/backend"],
    },
    "ReadInspector": {
        "Action": ["inspector2:ListCoverage", "inspector2:ListFindings"],
        "Resource": ["*"],
    },
    "SendFailures": {"Action": ["sqs:SendMessage"], "Resource": [f"arn:aws:sqs:{HERE}:{BASE}-dlq"]},
    "PublishNotices": {
        "Action": ["events:PutEvents"],
        "Resource": [f"arn:aws:events:{HERE}:event-bus/default"],
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": ["ecr-batch-updater"]},
            "Null": {"events:source": "false"},
        },
    },
    "PassJobRoles": {
        "Action": ["iam:PassRole"],
        "Resource": list(ROLES),
        "Condition": {
            "StringEquals": {"iam:PassedToService": ["batch.amazonaws.com", "ecs-tasks.amazonaws.com"]}
        },
    },
}


@pytest.mark.parametrize("sid", EXPECTED)
def test_the_role_has_this_statement_and_it_says_exactly_this(sid: str) -> None:
    assert statements()[sid] == {"Sid": sid, "Effect": "Allow", **EXPECTED[sid]}


def test_the_role_has_no_other_statement() -> None:
    assert set(statements()) == set(EXPECTED)


def test_without_roles_to_pass_nothing_may_be_passed() -> None:
    assert set(statements(())) == set(EXPECTED) - {"PassJobRoles"}


def test_without_a_number_of_revisions_to_keep_nothing_may_be_deregistered() -> None:
    kept = statements(deregisters=False)
    assert kept.keys() == EXPECTED.keys()
    assert kept["WriteRevisions"]["Action"] == ["batch:RegisterJobDefinition", "batch:TagResource"]


def test_without_notices_nothing_may_be_published() -> None:
    assert set(statements(notifies=False)) == set(EXPECTED) - {"PublishNotices"}


def test_without_gates_the_role_reads_no_manifest_and_without_a_severity_no_scan() -> None:
    scans = {"ReadScans", "ReadInspector"}
    assert set(statements(scans=False)) == set(EXPECTED) - scans
    assert set(statements(inspects=False, scans=False)) == set(EXPECTED) - scans - {"InspectImages"}


def test_a_wildcard_resource_stands_alone_and_only_where_aws_has_no_resources() -> None:
    assert [sid for sid, statement in statements().items() if "*" in statement["Resource"]] == [
        "ReadJobDefinitions",
        "ReadInspector",
    ]


@pytest.mark.parametrize(("partition", "region"), [("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")])
def test_every_arn_is_in_the_partition_of_the_stack(partition: str, region: str) -> None:
    place = Place(partition, region, "123456789012")
    arns = [arn for statement in statements((), place).values() for arn in statement["Resource"]]
    assert {arn.split(":")[1] for arn in arns if arn != "*"} == {partition}
    assert {arn.split(":")[3] for arn in arns if arn != "*"} == {region}


def test_only_lambda_takes_on_the_role() -> None:
    assert iam.trust_policy() == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "LambdaAssumesRole",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": ["sts:AssumeRole"],
            }
        ],
    }


def test_only_eventbridge_on_behalf_of_the_rules_may_send_to_the_queue() -> None:
    assert iam.queue_policy("QUEUE", ("RULE", "SCHEDULE")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "RuleSendsFailures",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": ["sqs:SendMessage"],
                "Resource": ["QUEUE"],
                "Condition": {"ArnEquals": {"aws:SourceArn": ["RULE", "SCHEDULE"]}},
            }
        ],
    }
