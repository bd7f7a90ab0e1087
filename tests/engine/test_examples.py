"""examples/complete and its following_job_definition, as their users run them: up, push, up, destroy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.cloud import Cloud
from local.seed import push
from tests.engine.stage import Stage
from tests.support.engine import Project, Ran

JOB = "complete-ocr"


@pytest.fixture
def example(stage: Stage) -> Project:
    project = stage.project_in(stage.root / "examples" / "complete")
    project.pulumi("stack", "init", "dev")
    project.pulumi("config", "set", "aws:region", stage.cloud.region)
    return project


def active(cloud: Cloud) -> dict[int, tuple[str, str]]:
    """The ACTIVE revisions: number -> what follows the repository in the image, and the memory."""
    found = {}
    batch = cloud.client("batch")
    pages = batch.get_paginator("describe_job_definitions").paginate(jobDefinitionName=JOB, status="ACTIVE")
    for each in (definition for page in pages for definition in page["jobDefinitions"]):
        container = each["containerProperties"]
        (memory,) = (one["value"] for one in container["resourceRequirements"] if one["type"] == "MEMORY")
        found[each["revision"]] = (container["image"].partition(JOB)[2], memory)
    return dict(sorted(found.items()))


def pushed(cloud: Cloud, build: str) -> str:
    """Pushes an image, and waits for the function; what its revision's image ends with."""
    digest = push(cloud, JOB, build)
    cloud.settle()
    return f"@{digest}"


def image_change(ran: Ran) -> tuple[str, str]:
    """What follows the repository in the definition's image, before and after."""
    (metadata,) = (
        event["resourcePreEvent"]["metadata"]
        for event in ran.events
        if event.get("resourcePreEvent", {}).get("metadata", {}).get("op") == "update"
    )
    images: list[str] = []
    for side in ("old", "new"):
        properties: Any = metadata[side]["inputs"]["containerProperties"]
        images.append(json.loads(properties)["image"].partition(JOB)[2])
    return images[0], images[1]


def test_the_pushed_image_survives_every_up_and_each_revision_is_as_documented(
    stage: Stage, example: Project
) -> None:
    cloud = stage.cloud
    example.up("--skip-preview")
    assert active(cloud) == {1: (":latest", "2048")}
    example.preview("--expect-no-changes")

    one = pushed(cloud, "one")
    assert active(cloud) == {1: (":latest", "2048"), 2: (one, "2048")}
    previewed = example.preview()
    assert previewed.changes() == {"definition": "update"}
    assert image_change(previewed) == (":latest", one)
    assert "[unknown]" not in previewed.output

    example.pulumi("config", "set", "memoryMb", "4096")
    assert example.up("--skip-preview").changes() == {"definition": "update"}
    assert active(cloud) == {1: (":latest", "2048"), 2: (one, "2048"), 3: (one, "4096")}
    example.preview("--expect-no-changes")

    two = pushed(cloud, "two")
    assert list(active(cloud).items())[-1] == (4, (two, "4096"))
    # Nothing changed in the code: one more revision, equal to the newest, and then no more.
    assert example.up("--skip-preview").changes() == {"definition": "update"}
    example.preview("--expect-no-changes", "--refresh")
    assert list(active(cloud).items())[-2:] == [(4, (two, "4096")), (5, (two, "4096"))]


def test_destroy_stops_at_a_repository_with_images_and_ends_once_they_are_gone(
    stage: Stage, example: Project
) -> None:
    cloud = stage.cloud
    example.up("--skip-preview")
    pushed(cloud, "one")
    refused = example.destroy("--skip-preview", check=False)
    assert refused.code != 0
    assert "RepositoryNotEmptyException" in refused.output
    cloud.client("ecr").delete_repository(repositoryName=JOB, force=True)
    example.destroy("--skip-preview")
    assert example.exported() == []
    # Also the revision that the function registered.
    assert active(cloud) == {}
