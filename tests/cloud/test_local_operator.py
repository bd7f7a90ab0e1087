"""What the local cloud tells about an operator."""

from __future__ import annotations

import contextlib
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import ACCESS_KEY, Cloud
from local.iam.policy import Access
from local.seed import create_repository, push
from tests.cloud.conftest import Handmade

WHERE = "ap-southeast-2:123456789012"


def test_what_an_operator_needed_is_remembered_by_access_key(handmade: Handmade) -> None:
    cloud = handmade.cloud
    create_repository(cloud, "backend")
    handmade.queue("failures")
    cloud.client("ecr").describe_repositories(repositoryNames=["backend"])
    cloud.client("sqs").get_queue_url(QueueName="failures")
    needs = cloud.needs_of(ACCESS_KEY)
    assert needs[-2:] == [
        Access(action="ecr:DescribeRepositories", resource=f"arn:aws:ecr:{WHERE}:repository/backend"),
        Access(action="sqs:GetQueueUrl", resource=f"arn:aws:sqs:{WHERE}:failures"),
    ]
    assert cloud.needs_of("somebody else") == []


def needed(cloud: Cloud, service: str, operation: str, **parameters: Any) -> list[str]:
    """The resources on which one call needs permission; whether there is such a thing does not matter."""
    before = len(cloud.needs_of(ACCESS_KEY))
    with contextlib.suppress(ClientError):
        getattr(cloud.client(service), operation)(**parameters)
    return [access.resource for access in cloud.needs_of(ACCESS_KEY)[before:]]


def test_alarms_are_looked_at_by_name_and_composite_ones_with_all_alone(cloud: Cloud) -> None:
    names = {"AlarmNames": ["a", "b"]}
    each = [f"arn:aws:cloudwatch:{WHERE}:alarm:a", f"arn:aws:cloudwatch:{WHERE}:alarm:b"]
    assert needed(cloud, "cloudwatch", "describe_alarms", **names) == each
    assert needed(cloud, "cloudwatch", "describe_alarms", AlarmTypes=["MetricAlarm"], **names) == each
    assert needed(cloud, "cloudwatch", "describe_alarms", AlarmTypes=["CompositeAlarm"], **names) == ["*"]
    assert needed(cloud, "cloudwatch", "describe_alarms") == ["*"]


@pytest.mark.parametrize("bus", ["own", f"arn:aws:events:{WHERE}:event-bus/own"])
def test_a_rule_is_named_with_its_bus_unless_that_is_the_default_one(cloud: Cloud, bus: str) -> None:
    cloud.client("events").create_event_bus(Name="own")
    rule = f"arn:aws:events:{WHERE}:rule"
    assert needed(cloud, "events", "describe_rule", Name="a") == [f"{rule}/a"]
    assert needed(cloud, "events", "list_targets_by_rule", Rule="a", EventBusName=bus) == [f"{rule}/own/a"]
    assert needed(cloud, "events", "list_event_buses") == ["*"]
    queue = f"arn:aws:batch:{WHERE}:job-queue/pages"
    assert needed(cloud, "events", "list_rule_names_by_target", TargetArn=queue) == ["*"]


def test_a_policy_of_a_role_is_read_with_permission_on_the_role(cloud: Cloud) -> None:
    role = "arn:aws:iam::123456789012:role/job"
    assert needed(cloud, "iam", "get_role_policy", RoleName="job", PolicyName="own") == [role]
    assert needed(cloud, "iam", "list_roles") == ["*"]


def test_log_groups_are_listed_with_permission_on_none_in_particular(cloud: Cloud) -> None:
    found = needed(cloud, "logs", "describe_log_groups", logGroupNamePrefix="/aws/lambda/own")
    assert found == [f"arn:aws:logs:{WHERE}:log-group::log-stream:"]


def test_a_registration_needs_each_role_passed_to_both_services(cloud: Cloud) -> None:
    role = "arn:aws:iam::123456789012:role/job"
    cloud.client("batch").register_job_definition(
        jobDefinitionName="job",
        type="container",
        containerProperties={"image": "x", "jobRoleArn": role},
    )
    passed = [access for access in cloud.needs_of(ACCESS_KEY) if access.action == "iam:PassRole"]
    assert [(access.resource, access.context) for access in passed] == [
        (role, {"iam:passedtoservice": ["ecs-tasks.amazonaws.com"]}),
        (role, {"iam:passedtoservice": ["batch.amazonaws.com"]}),
    ]


def test_a_request_in_a_protocol_of_former_clients_is_answered_all_the_same(cloud: Cloud) -> None:
    scope = f"{ACCESS_KEY}/20260101/ap-southeast-2/sqs/aws4_request"
    request = urllib.request.Request(
        cloud.endpoint,
        data=b"Action=CreateQueue&QueueName=old&Version=2012-11-05",
        headers={
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert b"<QueueUrl>" in answer.read()
    assert Access(action="sqs:CreateQueue", resource="*") in cloud.needs_of(ACCESS_KEY)


def test_a_deleted_image_is_gone_though_it_has_no_tag(cloud: Cloud) -> None:
    create_repository(cloud, "backend")
    first = push(cloud, "backend", "one")
    push(cloud, "backend", "two")
    ecr = cloud.client("ecr")
    ecr.batch_delete_image(repositoryName="backend", imageIds=[{"imageDigest": first}])
    assert first not in {
        image["imageDigest"] for image in ecr.list_images(repositoryName="backend")["imageIds"]
    }
