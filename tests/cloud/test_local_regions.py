"""Regions of the local cloud: each has its own resources, images, rules and functions."""

from __future__ import annotations

import hashlib
import json
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.deploy import deploy_program
from local.lookups import look_up
from local.provider.kind import Place
from local.seed import fargate_definition, manifest
from tests.cloud.conftest import ROOT
from tests.cloud.kinds import ACCOUNT, container, make

HOME, AWAY = "ap-southeast-2", "eu-west-1"
REGIONS = (HOME, AWAY)
JOB, NAME = "ocr-job", "ecr-batch-updater-test-ocr"
PAIRS = {"ocr": {"repository": "backend", "jobDefinitions": [JOB]}}


def place(cloud: Cloud, region: str) -> Place:
    return Place(cloud, region, ACCOUNT)


def seed(cloud: Cloud, region: str) -> None:
    cloud.client("ecr", region).create_repository(repositoryName="backend")
    image = f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/backend:first"
    cloud.client("batch", region).register_job_definition(**fargate_definition(JOB, image=image))


def push(cloud: Cloud, region: str, build: str) -> None:
    cloud.client("ecr", region).put_image(
        repositoryName="backend", imageManifest=manifest(build), imageTag="latest"
    )
    cloud.settle()


def revisions(cloud: Cloud, region: str) -> list[int]:
    answer = cloud.client("batch", region).describe_job_definitions(jobDefinitionName=JOB)
    return sorted(each["revision"] for each in answer["jobDefinitions"])


def outcomes(cloud: Cloud, region: str) -> list[dict[str, Any]]:
    try:
        events = cloud.client("logs", region).filter_log_events(
            logGroupName=f"/aws/lambda/{NAME}", filterPattern="{ $.outcome = * }"
        )
    except cloud.client("logs", region).exceptions.ResourceNotFoundException:
        return []
    return list(events["events"])


def test_a_push_reaches_the_rules_of_its_region_alone(cloud: Cloud) -> None:
    for region in REGIONS:
        seed(cloud, region)
    config = {"aws:region": AWAY, "ecr-batch-updater:pairs": PAIRS}
    deploy_program(cloud, "test", project_dir=ROOT, config=config)
    push(cloud, HOME, "one")
    assert [revisions(cloud, region) for region in REGIONS] == [[1], [1]]
    push(cloud, AWAY, "two")
    assert [revisions(cloud, region) for region in REGIONS] == [[1], [1, 2]]
    newest = cloud.client("batch", AWAY).describe_job_definitions(jobDefinitions=[f"{JOB}:2"])
    digest = hashlib.sha256(manifest("two").encode()).hexdigest()
    image = f"{ACCOUNT}.dkr.ecr.{AWAY}.amazonaws.com/backend@sha256:{digest}"
    assert newest["jobDefinitions"][0]["containerProperties"]["image"] == image
    assert newest["jobDefinitions"][0]["jobDefinitionArn"].startswith(f"arn:aws:batch:{AWAY}:")
    assert [len(outcomes(cloud, region)) for region in REGIONS] == [0, 1]
    assert cloud.metrics.values() == []
    assert cloud.in_region(AWAY).metrics.values() != []
    assert {event["region"] for event in cloud.in_region(AWAY).events.history} == {AWAY}


def test_an_image_of_a_region_is_pulled_from_that_region(cloud: Cloud) -> None:
    blob = b"a layer"
    digest = f"sha256:{hashlib.sha256(blob).hexdigest()}"
    ecr = cloud.client("ecr", AWAY)
    ecr.create_repository(repositoryName="backend")
    upload = ecr.initiate_layer_upload(repositoryName="backend")["uploadId"]
    ecr.upload_layer_part(
        repositoryName="backend",
        uploadId=upload,
        partFirstByte=0,
        partLastByte=len(blob) - 1,
        layerPartBlob=blob,
    )
    ecr.complete_layer_upload(repositoryName="backend", uploadId=upload, layerDigests=[digest])
    document = json.loads(manifest("one"))
    document["layers"][0]["digest"] = digest
    ecr.put_image(repositoryName="backend", imageManifest=json.dumps(document))
    url = ecr.get_download_url_for_layer(repositoryName="backend", layerDigest=digest)["downloadUrl"]
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == blob
    with pytest.raises(ClientError, match="RepositoryNotFound"):
        cloud.client("ecr").get_download_url_for_layer(repositoryName="backend", layerDigest=digest)


def test_a_dashboard_is_one_for_all_regions(cloud: Cloud) -> None:
    make(
        place(cloud, AWAY),
        "aws:cloudwatch/dashboard:Dashboard",
        dashboardName="board",
        dashboardBody='{"widgets":[]}',
    )
    for region in REGIONS:
        boards = cloud.client("cloudwatch", region).list_dashboards()["DashboardEntries"]
        assert [board["DashboardName"] for board in boards] == ["board"]
    cloud.client("cloudwatch").delete_dashboards(DashboardNames=["board"])
    assert cloud.client("cloudwatch", AWAY).list_dashboards()["DashboardEntries"] == []


def test_look_ups_are_answered_for_the_region_that_asks(cloud: Cloud) -> None:
    make(
        place(cloud, AWAY),
        "aws:batch/jobDefinition:JobDefinition",
        name=JOB,
        type="container",
        containerProperties=container("a:1"),
    )
    found = look_up(place(cloud, AWAY), "aws:batch/getJobDefinition:getJobDefinition", {"name": JOB})
    assert isinstance(found, dict)
    assert found["arn"] == f"arn:aws:batch:{AWAY}:{ACCOUNT}:job-definition/{JOB}:1"
    missing = look_up(place(cloud, HOME), "aws:batch/getJobDefinition:getJobDefinition", {"name": JOB})
    assert missing[1][0][1].endswith("empty result")  # type: ignore[index]
    region = look_up(place(cloud, AWAY), "aws:index/getRegion:getRegion", {})
    assert isinstance(region, dict)
    assert region["region"] == AWAY
    vpcs = {
        look_up(place(cloud, each), "aws:ec2/getVpc:getVpc", {"default": True})["id"]  # type: ignore[call-overload]
        for each in REGIONS
    }
    assert len(vpcs) == 2


def test_an_emptied_cloud_is_empty_in_every_region(cloud: Cloud) -> None:
    seed(cloud, AWAY)
    cloud.reset()
    assert cloud.client("ecr", AWAY).describe_repositories()["repositories"] == []
    assert revisions(cloud, AWAY) == []
    assert cloud.in_region(AWAY).events.history == []
