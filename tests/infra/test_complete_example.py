"""The example stack as Pulumi sees it, evaluated without deploying."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.check.lifecycle import StoredImage, fate, rules_of
from tests.support.recorder import ROOT, Place, Recording, evaluate

PROGRAM = ROOT / "examples" / "complete" / "__main__.py"
URL = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/complete-ocr"


def run(place: Place | None = None, memory: str = "2048") -> Recording:
    config = {"ecr-batch-complete:memoryMb": memory}
    return evaluate(
        lambda: runpy.run_path(str(PROGRAM)), project="ecr-batch-complete", place=place, config=config
    )


@pytest.fixture(scope="module")
def example() -> Recording:
    return run()


def test_the_whole_stack_is_there(example: Recording) -> None:
    around = [resource.short for resource in example.resources if "BatchImageUpdater" not in resource.parent]
    assert sorted(around) == [
        *("BatchImageUpdater", "ComputeEnvironment", "JobDefinition", "JobQueue"),
        *("LifecyclePolicy", "LogGroup", "Repository", "Role", "Role", "RolePolicy"),
    ]


def test_the_updater_follows_the_definition_and_may_pass_its_roles(example: Recording) -> None:
    container = example.one("JobDefinition").document("containerProperties")
    policy = next(each for each in example.all("RolePolicy") if each.name == "ocr-policy")
    statements = {each["Sid"]: each for each in policy.document("policy")["Statement"]}
    assert sorted(statements["PassJobRoles"]["Resource"]) == sorted(
        [container["jobRoleArn"], container["executionRoleArn"]]
    )
    assert statements["WriteRevisions"]["Resource"][0].endswith(":job-definition/complete-ocr")


def test_submitters_are_given_an_arn_without_a_revision(example: Recording) -> None:
    assert example.exports["jobDefinition"].endswith(":job-definition/complete-ocr")


def test_another_memory_keeps_the_image_that_is_deployed() -> None:
    deployed = f"{URL}@sha256:{'ab' * 32}"
    place = Place(job_definitions={"complete-ocr": {"containerProperties": json.dumps({"image": deployed})}})
    container = run(place, memory="4096").one("JobDefinition").document("containerProperties")
    assert container["image"] == deployed
    assert {"type": "MEMORY", "value": "4096"} in container["resourceRequirements"]


def test_the_lifecycle_rule_spares_an_old_image_that_has_lost_its_tag(example: Recording) -> None:
    rules = rules_of(example.one("LifecyclePolicy").inputs["policy"])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    images: dict[str, Any] = {
        f"sha256:{number}": StoredImage(pushed_at=now - timedelta(days=30 * number)) for number in range(100)
    }
    assert {found.pushes or 0 for digest in images if (found := fate(digest, images, rules))} == set(
        range(101, 201)
    )
