"""following_job_definition on the engine: what previews and updates show of the image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud import Cloud
from tests.support.engine import Ran
from tests.support.rehearsal import Rehearsal, rehearsing

URL = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/backend"
PROGRAM = """
import pulumi
import pulumi_aws as aws
from components import BatchImageUpdater, following_job_definition

options = None
if pulumi.Config().get_bool("late"):
    where = aws.sqs.Queue("where")
    late = aws.Provider("late", region=where.arn.apply(lambda arn: arn.split(":")[3]))
    options = pulumi.ResourceOptions(provider=late)
definition = following_job_definition(
    "ocr",
    name=pulumi.get_stack(),
    repository="123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/backend",
    type="container",
    opts=options,
    container_properties={
        "image": "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/backend:latest",
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        "environment": [{"name": "KEY", "value": pulumi.Output.secret("hush")}]
        if pulumi.Config().get_bool("secret")
        else [],
    },
)
updater = BatchImageUpdater("ocr", {"repository": "backend", "job_definitions": [definition.name]}, options)
pulumi.export("updater", updater.outputs())
"""


@pytest.fixture(scope="module")
def rehearsal(running_cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(running_cloud, tmp_path_factory.mktemp("following"), PROGRAM) as running:
        yield running


def active(rehearsal: Rehearsal, name: str) -> list[tuple[int, str]]:
    """Number and image of each ACTIVE revision, the newest first."""
    batch = rehearsal.cloud.client("batch")
    found = batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE")["jobDefinitions"]
    return sorted(((each["revision"], each["containerProperties"]["image"]) for each in found), reverse=True)


def push(rehearsal: Rehearsal, name: str, digit: str) -> str:
    """Registers a revision as the updater does; its image."""
    image = f"{URL}@sha256:{digit * 64}"
    batch = rehearsal.cloud.client("batch")
    (newest, *_) = batch.describe_job_definitions(jobDefinitionName=name)["jobDefinitions"]
    batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties=newest["containerProperties"] | {"image": image},
        tags={"ecr-batch-updater/image-tag": "latest"},
    )
    return image


def images(ran: Ran) -> set[tuple[str, str]]:
    """The image of the definition before and after."""
    found = set()
    for event in ran.events:
        metadata: dict[str, Any] = (event.get("resourcePreEvent") or {}).get("metadata") or {}
        if metadata.get("op") == "update" and metadata["urn"].endswith("::ocr"):
            old, new = (
                json.loads(metadata[key]["inputs"]["containerProperties"])["image"] for key in ("old", "new")
            )
            found.add((old, new))
    return found


def test_a_push_shows_in_the_preview_as_a_change_of_the_image_and_then_no_more(rehearsal: Rehearsal) -> None:
    rehearsal.stack("pushed")
    rehearsal.project.up("--skip-preview")
    before = f"{URL}:latest"
    # The second time there is an earlier reading in the state, of another revision.
    for digit in "ab":
        image = push(rehearsal, "pushed", digit)
        previewed = rehearsal.project.preview()
        assert previewed.changes() == {"ocr": "update"}
        assert images(previewed) == {(before, image)}
        assert "[unknown]" not in previewed.output
        rehearsal.project.up("--skip-preview")
        before = image
    assert rehearsal.project.preview("--expect-no-changes").changes() == {}
    assert [image for _, image in active(rehearsal, "pushed")][:2] == [before, before]


def test_a_replacement_keeps_the_image_and_leaves_one_active_revision(rehearsal: Rehearsal) -> None:
    rehearsal.stack("replaced")
    rehearsal.project.up("--skip-preview")
    image = push(rehearsal, "replaced", "c")
    (definition,) = (urn for urn in rehearsal.urns() if urn.endswith("JobDefinition::ocr"))
    rehearsal.project.up("--skip-preview", "--replace", definition)
    assert active(rehearsal, "replaced") == [(3, image)]
    assert rehearsal.project.preview("--expect-no-changes").changes() == {}


def test_where_the_providers_region_is_not_known_yet_a_preview_guesses_nothing(rehearsal: Rehearsal) -> None:
    rehearsal.stack("late", late=True)
    previewed = rehearsal.project.preview("--diff")
    assert "None" not in previewed.output
    assert "containerProperties    : [unknown]" in previewed.output
    assert "dashboardUrl : [unknown]" in previewed.output
    rehearsal.project.up("--skip-preview")
    assert rehearsal.project.preview("--expect-no-changes").changes() == {}


def test_what_the_code_keeps_secret_in_a_definition_is_encrypted_in_what_is_read_of_it_too(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.stack("secret", secret=True)
    for _ in range(2):
        rehearsal.project.up("--skip-preview")
    kinds = [resource for resource in rehearsal.project.exported() if "JobDefinition" in resource["type"]]
    assert [resource.get("external", False) for resource in kinds] == [True, False]
    assert "hush" not in json.dumps(rehearsal.project.exported())
