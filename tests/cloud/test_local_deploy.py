"""Deploying a Pulumi program to the local cloud."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from botocore.exceptions import ClientError

from components.archive import archive_files
from local.cloud import Cloud
from local.deploy import DeployError, deploy_program, evaluate
from local.seed import push
from tests.cloud.conftest import ROOT

FUNCTION = "ecr-batch-updater-dev-newsarchivepro"


def test_the_program_runs_unmodified_and_a_push_rolls_out(cloud: Cloud, deployed: dict[str, Any]) -> None:
    digest = push(cloud, "newsarchive-backend", "build")
    cloud.settle()
    newest = cloud.client("batch").describe_job_definitions(
        jobDefinitionName="newsarchivepro-ocr-job-definition"
    )["jobDefinitions"][0]
    assert newest["revision"] == 2
    assert newest["containerProperties"]["image"].endswith(f"newsarchive-backend@{digest}")
    assert {call.allowed for call in cloud.calls_by(FUNCTION)} == {True}
    assert deployed["functionArn"].endswith(f":function:{FUNCTION}")
    assert deployed["logGroup"] == f"/aws/lambda/{FUNCTION}"


def test_what_is_unpacked_is_the_archive_of_the_program(cloud: Cloud, deployed: dict[str, Any]) -> None:
    function = cloud._backends.function(FUNCTION, cloud.region)
    assert function is not None
    with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {name: path.read_bytes() for name, path in archive_files().items()}


def test_deploying_again_updates_what_stands(cloud: Cloud, deployed: dict[str, Any]) -> None:
    assert deploy_program(cloud, "dev", project_dir=ROOT)["pairs"]["newsarchivepro"] == deployed
    assert len(cloud.client("iam").list_roles()["Roles"]) == 3
    push(cloud, "newsarchive-backend", "build")
    cloud.settle()
    assert len(cloud.batch.requests) == 2


def test_a_configuration_can_be_given_as_a_mapping(cloud: Cloud) -> None:
    pair = {"repository": "other", "jobDefinitions": ["other-job"], "paused": True}
    outputs = deploy_program(
        cloud, "test", project_dir=ROOT, config={"ecr-batch-updater:pairs": {"other": pair}}
    )
    assert outputs["pairs"]["other"]["logGroup"] == "/aws/lambda/ecr-batch-updater-test-other"
    rule = cloud.client("events").describe_rule(Name="ecr-batch-updater-test-other")
    assert rule["State"] == "DISABLED"


def test_a_roles_boundary_comes_and_goes_with_the_configuration(cloud: Cloud) -> None:
    boundary = "arn:aws:iam::123456789012:policy/ecr-batch-updater-boundary"
    pair = {"repository": "other", "jobDefinitions": ["other-job"]}
    seen = []
    for keys in ({"permissionsBoundary": boundary}, {}):
        config = {"ecr-batch-updater:pairs": {"other": {**pair, **keys}}}
        name = deploy_program(cloud, "test", project_dir=ROOT, config=config)["pairs"]["other"]["roleName"]
        role = cloud.client("iam").get_role(RoleName=name)["Role"]
        seen.append(role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"))
    assert seen == [boundary, None]


def test_a_resource_that_the_local_cloud_does_not_know_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(DeployError, match="aws:ssm/parameter:Parameter"):
        evaluate(cloud, lambda: aws.ssm.Parameter("parameter", type="String"))


def test_a_property_that_the_local_cloud_does_not_know_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(DeployError, match="fifoQueue"):
        evaluate(cloud, lambda: aws.sqs.Queue("queue", fifo_queue=True))


PAIRS = {"other": {"repository": "other", "jobDefinitions": ["other-job"]}}


def test_a_stack_for_another_region_stands_there_alone(cloud: Cloud) -> None:
    config = {"aws:region": "eu-west-1", "ecr-batch-updater:pairs": PAIRS}
    outputs = deploy_program(cloud, "test", project_dir=ROOT, config=config)["pairs"]["other"]
    name = "ecr-batch-updater-test-other"
    assert outputs["ruleArn"] == f"arn:aws:events:eu-west-1:123456789012:rule/{name}"
    for region, names in (("ap-southeast-2", []), ("eu-west-1", [name])):
        rules = cloud.client("events", region).list_rules()["Rules"]
        functions = cloud.client("lambda", region).list_functions()["Functions"]
        assert [rule["Name"] for rule in rules] == names
        assert [function["FunctionName"] for function in functions] == names
        assert len(cloud.client("sqs", region).list_queues().get("QueueUrls", [])) == len(names)
        assert len(cloud.client("logs", region).describe_log_groups()["logGroups"]) == len(names)
        alarms = cloud.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
        assert bool(alarms) == bool(names)


def test_a_stack_that_stands_is_not_moved_to_another_region(cloud: Cloud) -> None:
    config: dict[str, Any] = {"ecr-batch-updater:pairs": PAIRS}
    deploy_program(cloud, "test", project_dir=ROOT, config=config)
    with pytest.raises(DeployError, match="stands in ap-southeast-2"):
        deploy_program(cloud, "test", project_dir=ROOT, config={**config, "aws:region": "eu-west-1"})


def test_what_was_taken_away_or_changed_by_hand_is_brought_back_by_the_next_deployment(cloud: Cloud) -> None:
    def program() -> None:
        aws.cloudwatch.LogGroup("logs", name="/jobs", retention_in_days=30, tags={"team": "ocr"})
        aws.sqs.Queue("queue", name="failures", visibility_timeout_seconds=60)

    evaluate(cloud, program)
    logs, sqs = cloud.client("logs"), cloud.client("sqs")
    logs.delete_log_group(logGroupName="/jobs")
    url = sqs.get_queue_url(QueueName="failures")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    evaluate(cloud, program)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes == {"VisibilityTimeout": "60"}


def test_what_no_call_can_change_is_made_anew(cloud: Cloud) -> None:
    def program(protocol: str) -> None:
        topic = aws.sns.Topic("topic", name="notices")
        queue = aws.sqs.Queue("queue", name="notices")
        endpoint = queue.arn if protocol == "sqs" else "https://example.com/hook"
        aws.sns.TopicSubscription("hook", topic=topic.arn, protocol=protocol, endpoint=endpoint)

    for protocol in ("sqs", "https"):
        evaluate(cloud, functools.partial(program, protocol))
        subscriptions = cloud.client("sns").list_subscriptions()["Subscriptions"]
        assert [each["Protocol"] for each in subscriptions] == [protocol]


def test_a_name_that_the_program_leaves_out_is_the_same_at_each_deployment(cloud: Cloud) -> None:
    def program() -> None:
        pulumi.export("name", aws.sqs.Queue("failures").name)

    names = [evaluate(cloud, program)["name"] for _ in range(2)]
    assert re.fullmatch("failures-[0-9a-f]{7}", names[0])
    assert names == [names[0]] * 2


def test_a_provider_or_the_resource_itself_can_name_another_region(cloud: Cloud) -> None:
    def program() -> None:
        provider = aws.Provider("ireland", region="eu-west-1")
        aws.sqs.Queue("one", name="one", opts=pulumi.ResourceOptions(provider=provider))
        aws.sqs.Queue("two", name="two", region="us-east-1")
        region = aws.get_region(opts=pulumi.InvokeOptions(provider=provider)).region
        pulumi.export("region", region)

    assert evaluate(cloud, program)["region"] == "eu-west-1"
    for region, name in (("eu-west-1", "one"), ("us-east-1", "two")):
        urls = cloud.client("sqs", region).list_queues()["QueueUrls"]
        assert [url.rpartition("/")[2] for url in urls] == [name]
    assert "QueueUrls" not in cloud.client("sqs").list_queues()


def test_a_name_that_somebody_else_has_taken_is_an_error(cloud: Cloud) -> None:
    cloud.client("logs").create_log_group(logGroupName="/jobs")
    with pytest.raises(ClientError, match="already exists"):
        evaluate(cloud, lambda: aws.cloudwatch.LogGroup("logs", name="/jobs"))


def test_a_stack_without_a_file_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(DeployError, match=r"no Pulumi\.none\.yaml"):
        deploy_program(cloud, "none", project_dir=ROOT)
