"""The example stack: an apply after a push, a hold or a rollback keeps the image that is deployed."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud import Cloud
from local.deploy import deploy_program
from local.seed import push
from tests.cloud.conftest import ROOT
from tests.cloud.pair import newest

JOB = "complete-ocr"
FUNCTION = "ecr-batch-complete-dev-ocr"
DIRECTORY = ROOT / "examples" / "complete"


def apply(cloud: Cloud, memory: int = 2048) -> dict[str, Any]:
    return deploy_program(cloud, project_dir=DIRECTORY, config={"ecr-batch-complete:memoryMb": memory})


def facts(revision: dict[str, Any]) -> tuple[int, str, str]:
    """Its number, the end of its image and its memory."""
    container = revision["containerProperties"]
    sizes = {each["type"]: each["value"] for each in container["resourceRequirements"]}
    return revision["revision"], container["image"].rpartition(JOB)[2], sizes["MEMORY"]


def active(cloud: Cloud) -> set[int]:
    answer = cloud.client("batch").describe_job_definitions(jobDefinitionName=JOB, status="ACTIVE")
    return {revision["revision"] for revision in answer["jobDefinitions"]}


@pytest.fixture
def pushed(cloud: Cloud) -> str:
    """The example as it stands after its first apply and its first push; the digest of that image."""
    outputs = apply(cloud)
    first = newest(cloud, JOB)
    assert facts(first) == (1, ":latest", "2048")
    assert outputs["jobDefinition"] == first["jobDefinitionArn"].removesuffix(":1")
    digest = push(cloud, JOB, "first build")
    cloud.settle()
    assert facts(newest(cloud, JOB)) == (2, f"@{digest}", "2048")
    assert {call.allowed for call in cloud.calls_by(FUNCTION)} == {True}
    return digest


def test_an_apply_after_a_push_keeps_the_pushed_image_and_every_revision(cloud: Cloud, pushed: str) -> None:
    apply(cloud, memory=4096)
    assert facts(newest(cloud, JOB)) == (3, f"@{pushed}", "4096")
    assert active(cloud) == {1, 2, 3}

    second = push(cloud, JOB, "second build")
    cloud.settle()
    assert facts(newest(cloud, JOB)) == (4, f"@{second}", "4096")
    # What the first image lost is its tag; the registry keeps what revisions name.
    apply(cloud, memory=8192)
    assert facts(newest(cloud, JOB)) == (5, f"@{second}", "8192")


def test_an_apply_that_changes_nothing_registers_at_most_the_deployed_image_once(
    cloud: Cloud, pushed: str
) -> None:
    apply(cloud)
    assert facts(newest(cloud, JOB)) == (3, f"@{pushed}", "2048")
    apply(cloud)
    assert active(cloud) == {1, 2, 3}


def test_an_apply_on_a_hold_keeps_the_held_image(cloud: Cloud, pushed: str) -> None:
    batch = cloud.client("batch")
    held = {**newest(cloud, JOB)}
    for answered in ("jobDefinitionArn", "revision", "status", "containerOrchestrationType"):
        held.pop(answered)
    batch.register_job_definition(**held | {"tags": {**held["tags"], "ecr-batch-updater/hold": "incident"}})
    push(cloud, JOB, "second build")
    cloud.settle()
    apply(cloud, memory=4096)
    assert facts(newest(cloud, JOB)) == (4, f"@{pushed}", "4096")

    # The new revision bears no mark of the hold; the one that does is still ACTIVE, so it still holds.
    cloud.tick(f"{FUNCTION}-reconcile")
    cloud.settle()
    assert facts(newest(cloud, JOB)) == (4, f"@{pushed}", "4096")
    assert active(cloud) == {1, 2, 3, 4}
