"""Deploying a Pulumi program to the local cloud."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pulumi_aws as aws
import pytest

from components.archive import archive_files
from local.cloud import Cloud
from local.deploy import DeployError, evaluate
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
    assert cloud.deploy("dev", project_dir=ROOT)["pairs"]["newsarchivepro"] == deployed
    assert len(cloud.client("iam").list_roles()["Roles"]) == 3
    push(cloud, "newsarchive-backend", "build")
    cloud.settle()
    assert len(cloud.batch.requests) == 2


def test_a_configuration_can_be_given_as_a_mapping(cloud: Cloud) -> None:
    pair = {"repository": "other", "jobDefinitions": ["other-job"], "paused": True}
    outputs = cloud.deploy("test", project_dir=ROOT, config={"ecr-batch-updater:pairs": {"other": pair}})
    assert outputs["pairs"]["other"]["logGroup"] == "/aws/lambda/ecr-batch-updater-test-other"
    rule = cloud.client("events").describe_rule(Name="ecr-batch-updater-test-other")
    assert rule["State"] == "DISABLED"


def test_a_roles_boundary_comes_and_goes_with_the_configuration(cloud: Cloud) -> None:
    boundary = "arn:aws:iam::123456789012:policy/ecr-batch-updater-boundary"
    pair = {"repository": "other", "jobDefinitions": ["other-job"]}
    seen = []
    for keys in ({"permissionsBoundary": boundary}, {}):
        config = {"ecr-batch-updater:pairs": {"other": {**pair, **keys}}}
        name = cloud.deploy("test", project_dir=ROOT, config=config)["pairs"]["other"]["roleName"]
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
    outputs = cloud.deploy("test", project_dir=ROOT, config=config)["pairs"]["other"]
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
    cloud.deploy("test", project_dir=ROOT, config=config)
    with pytest.raises(DeployError, match="stands in ap-southeast-2"):
        cloud.deploy("test", project_dir=ROOT, config={**config, "aws:region": "eu-west-1"})


def test_a_stack_without_a_file_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(DeployError, match=r"no Pulumi\.none\.yaml"):
        cloud.deploy("none", project_dir=ROOT)
