"""The packaged function and its gates, on the local cloud."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud import Cloud
from local.seed_images import push_image, push_index
from tests.cloud.pair import FUNCTION, HOST, deploy, newest, queued, records

HOURLY: dict[str, Any] = {"reconcile": "rate(1 hour)"}
SEVERITY: dict[str, Any] = {**HOURLY, "requires": {"maxSeverity": "HIGH"}}


def carried(cloud: Cloud, name: str = "one") -> str:
    return str(newest(cloud, name)["containerProperties"]["image"])


def outcome(cloud: Cloud) -> dict[str, Any]:
    """The last outcome that was logged."""
    found: dict[str, Any] = [record for record in records(cloud) if "outcome" in record][-1]
    return found


def scanning(cloud: Cloud, kind: str) -> None:
    """Turns on scanning of every push: ``BASIC`` or ``ENHANCED``."""
    frequency = "CONTINUOUS_SCAN" if kind == "ENHANCED" else "SCAN_ON_PUSH"
    everything = [{"filter": "*", "filterType": "WILDCARD"}]
    cloud.client("ecr").put_registry_scanning_configuration(
        scanType=kind, rules=[{"scanFrequency": frequency, "repositoryFilters": everything}]
    )


@pytest.mark.parametrize("kind", ["BASIC", "ENHANCED"])
def test_an_image_waits_for_its_scan_and_is_rolled_out_by_the_scans_own_event(
    cloud: Cloud, kind: str
) -> None:
    outputs = deploy(cloud, "one", **SEVERITY)
    scanning(cloud, kind)
    digest = push_image(cloud, "backend", "latest", build="scanned")
    cloud.settle()
    waiting = outcome(cloud)
    assert (waiting["outcome"], waiting["gate"], newest(cloud, "one")["revision"]) == (
        "skipped",
        "maxSeverity",
        1,
    )
    assert f"waiting for the scan of {digest}" in waiting["reason"]
    cloud.scans.finish("backend", digest, {"HIGH": 3, "LOW": 1})
    cloud.settle()
    assert (carried(cloud), outcome(cloud)["outcome"]) == (f"{HOST}@{digest}", "updated")
    assert queued(cloud, outputs) == []


def test_an_image_with_findings_that_are_too_bad_is_held_back_and_counted(cloud: Cloud) -> None:
    deploy(cloud, "one", **SEVERITY)
    scanning(cloud, "BASIC")
    digest = push_image(cloud, "backend", "latest", build="bad")
    cloud.settle()
    cloud.scans.finish("backend", digest, {"CRITICAL": 1, "HIGH": 2})
    cloud.settle()
    refused = outcome(cloud)
    assert (refused["outcome"], refused["gate"]) == ("skipped", "maxSeverity")
    assert "is held back by maxSeverity: the scan found 1 CRITICAL; maxSeverity is HIGH" in refused["reason"]
    metrics = [record for record in records(cloud) if "_aws" in record][-1]
    assert (metrics["Gated"], metrics["Skipped"], metrics["Updated"]) == (1, 1, 0)
    # Scanned again with other findings: the image passes.
    cloud.scans.finish("backend", digest, {"HIGH": 2})
    cloud.settle()
    assert carried(cloud) == f"{HOST}@{digest}"


def test_of_an_index_the_worst_of_its_platforms_counts_and_attestations_do_not(cloud: Cloud) -> None:
    deploy(cloud, "one", **SEVERITY)
    scanning(cloud, "BASIC")
    index = push_index(cloud, "backend", "latest", build="multi", soci=True)
    children = list(index.children.values())
    cloud.settle()
    cloud.scans.finish("backend", children[0])
    cloud.settle()
    assert f"waiting for the scan of {children[1]}" in outcome(cloud)["reason"]
    cloud.scans.finish("backend", children[1], {"CRITICAL": 1})
    cloud.settle()
    assert "1 CRITICAL" in outcome(cloud)["reason"]
    assert newest(cloud, "one")["revision"] == 1
    cloud.scans.finish("backend", children[1], {"LOW": 1})
    cloud.settle()
    assert carried(cloud) == f"{HOST}@{index.digest}"


def test_a_repository_that_is_not_scanned_is_an_error_at_once(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one", **SEVERITY)
    push_image(cloud, "backend", "latest", build="unscanned")
    cloud.settle()
    (message,) = queued(cloud, outputs)
    said = message["responsePayload"]["errorMessage"]
    assert "ScanningOff" in said
    assert "put-registry-scanning-configuration" in said


def test_a_scan_that_does_not_come_is_raised_by_the_schedule_once_its_time_is_over(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one", **HOURLY, requires={"maxSeverity": "HIGH", "scanTimeout": "2h"})
    scanning(cloud, "BASIC")
    digest = push_image(cloud, "backend", "latest", build="slow")
    cloud.ecr.backdate("backend", digest, 3600)
    cloud.tick(f"{FUNCTION}-reconcile")
    cloud.settle()
    assert (outcome(cloud)["outcome"], queued(cloud, outputs)) == ("skipped", [])
    cloud.ecr.backdate("backend", digest, 3601)
    cloud.tick(f"{FUNCTION}-reconcile")
    cloud.settle()
    (message,) = queued(cloud, outputs)
    assert "ScanOverdue" in message["responsePayload"]["errorMessage"]
    assert message["requestPayload"]["detail-type"] == "Scheduled Event"


def test_a_scan_that_failed_is_an_error_that_says_why(cloud: Cloud) -> None:
    outputs = deploy(cloud, "one", **SEVERITY)
    scanning(cloud, "BASIC")
    digest = push_image(cloud, "backend", "latest", build="odd")
    cloud.settle()
    cloud.scans.finish("backend", digest, status="FAILED", description="UnsupportedImageError")
    cloud.settle()
    (message,) = queued(cloud, outputs)
    assert "ended as FAILED: UnsupportedImageError" in message["responsePayload"]["errorMessage"]


def test_an_image_that_is_too_young_waits_for_the_schedule(cloud: Cloud) -> None:
    deploy(cloud, "one", **HOURLY, requires={"minAge": "10m"})
    digest = push_image(cloud, "backend", "latest", build="young")
    cloud.settle()
    waiting = outcome(cloud)
    assert (waiting["outcome"], waiting["gate"]) == ("skipped", "minAge")
    assert "minAge is 10 min, so the first reconcile after" in waiting["reason"]
    cloud.ecr.backdate("backend", digest, 600)
    cloud.tick(f"{FUNCTION}-reconcile")
    cloud.settle()
    assert carried(cloud) == f"{HOST}@{digest}"


@pytest.mark.parametrize("multi", [False, True], ids=["a single manifest", "an index"])
def test_an_image_for_another_processor_is_refused_with_both_named(cloud: Cloud, multi: bool) -> None:
    deploy(cloud, "one", requires={"platform": "linux/arm64"})

    def pushed(build: str, *platforms: str) -> str:
        if multi:
            return push_index(cloud, "backend", "latest", build=build, platforms=platforms).digest
        return push_image(cloud, "backend", "latest", build=build, platform=platforms[0])

    pushed("wrong", "linux/amd64")
    cloud.settle()
    assert "the image is built for linux/amd64, and can't run on linux/arm64" in outcome(cloud)["reason"]
    digest = pushed("right", "linux/arm64/v8", *(["linux/amd64"] if multi else []))
    cloud.settle()
    assert carried(cloud) == f"{HOST}@{digest}"


def test_each_definition_gets_the_image_that_runs_on_its_own_platform(cloud: Cloud) -> None:
    deploy(cloud, "arm", "intel", "silent", requires={})
    for name, architecture in {"arm": "ARM64", "intel": "X86_64"}.items():
        revision = newest(cloud, name)
        properties = {**revision["containerProperties"], "runtimePlatform": {"cpuArchitecture": architecture}}
        cloud.client("batch").register_job_definition(
            jobDefinitionName=name,
            type="container",
            platformCapabilities=["FARGATE"],
            containerProperties=properties,
        )
    digest = push_image(cloud, "backend", "latest", build="intel only")
    cloud.settle()
    held = {record["jobDefinition"]: record.get("gate") for record in records(cloud) if record.get("outcome")}
    assert held == {"arm": "platform", "intel": None, "silent": None}
    assert carried(cloud, "arm") == f"{HOST}:first"
    assert carried(cloud, "intel") == carried(cloud, "silent") == f"{HOST}@{digest}"


@pytest.mark.parametrize(
    "action",
    [
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:DescribeImageScanFindings",
        "ecr:BatchGetRepositoryScanningConfiguration",
    ],
)
def test_no_gate_is_passed_because_a_call_failed(cloud: Cloud, action: str) -> None:
    outputs = deploy(cloud, "one", **HOURLY, requires={"maxSeverity": "HIGH", "platform": "linux/amd64"})
    if action != "ecr:BatchGetRepositoryScanningConfiguration":
        scanning(cloud, "BASIC")
    cloud.faults.add(action, "access-denied", times=10)
    digest = push_image(cloud, "backend", "latest", build="good")
    if action != "ecr:BatchGetRepositoryScanningConfiguration":
        cloud.scans.finish("backend", digest)
    cloud.settle()
    assert newest(cloud, "one")["revision"] == 1
    assert queued(cloud, outputs)


def test_an_image_that_is_there_already_is_not_taken_back(cloud: Cloud) -> None:
    deploy(cloud, "one", **SEVERITY)
    scanning(cloud, "BASIC")
    digest = push_image(cloud, "backend", "latest", build="good")
    cloud.scans.finish("backend", digest)
    cloud.settle()
    cloud.scans.finish("backend", digest, {"CRITICAL": 1})
    cloud.settle()
    assert (carried(cloud), outcome(cloud)["reason"]) == (f"{HOST}@{digest}", "already on the selected image")
