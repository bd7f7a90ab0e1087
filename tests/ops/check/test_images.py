"""The images that definitions have and should have.

Each test breaks exactly one link, and exactly that finding appears.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ops.check.world import DEFINITION, RECONCILE, REPOSITORY, World, assert_finding


def backdate(world: World, digest: str, seconds: int) -> None:
    """Lets the image have been pushed ``seconds`` earlier, for the length of the test."""
    world.cloud.ecr.backdate(REPOSITORY, digest, seconds)
    world.afterwards(lambda: world.cloud.ecr.backdate(REPOSITORY, digest, -seconds))


def test_a_definition_that_is_behind_for_longer_than_ten_minutes_is_found(world: World) -> None:
    number = world.register(image=world.image(world.older))
    assert "rolling out" in world.note("image")
    backdate(world, world.newer, 601)
    assert_finding(
        world.finding(), "image", DEFINITION, f"revision {number} is behind the image latest", RECONCILE
    )


@pytest.mark.parametrize(("key", "why"), [("paused", "paused"), ("dryRun", "in dry run")])
def test_a_pair_that_is_meant_to_stay_behind_may(world: World, key: str, why: str) -> None:
    world.register(image=world.image(world.older))
    backdate(world, world.newer, 601)
    world.deployed_with(**{key: True})
    assert why in world.note("image")


def test_a_held_definition_is_good(world: World) -> None:
    world.register(image=world.image(world.older), tags={"ecr-batch-updater/hold": "bad model"})
    backdate(world, world.newer, 601)
    assert "on hold: bad model" in world.note("image")


def test_a_definition_that_cannot_take_the_image_is_found(world: World) -> None:
    world.register(image=world.image(world.older), tags={f"tag-{number}": "x" for number in range(50)})
    assert_finding(world.finding(), "image", DEFINITION, "50 tags of its own", RECONCILE)


def test_a_repository_without_the_selected_image_is_found(world: World) -> None:
    world.deployed_with(imageTag="candidate")
    assert_finding(
        world.finding(), "image", DEFINITION, "no image with the tag candidate", "imagePolicy of pair ocr"
    )


def test_a_newest_revision_whose_image_is_gone_is_found(world: World) -> None:
    number = world.register(image=world.image("sha256:" + "0" * 64))
    assert_finding(
        world.finding(),
        "stored images",
        DEFINITION,
        f"the image of its newest revision, {number}, is gone",
        f"`ecr-batch --stack dev --pair ocr rollback {DEFINITION}`",
    )


def test_older_revisions_whose_images_are_gone_are_found(world: World) -> None:
    number = world.register(image=world.image("sha256:" + "0" * 64))
    world.register(image=world.image(world.newer))
    assert_finding(
        world.finding(),
        "stored images",
        DEFINITION,
        f"the images of revision {number} are gone",
        f"batch deregister-job-definition --job-definition {DEFINITION}:{number}`",
    )


def put_lifecycle(world: World, **selection: Any) -> None:
    ecr = world.client("ecr")
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    ecr.put_lifecycle_policy(repositoryName=REPOSITORY, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    world.afterwards(lambda: ecr.delete_lifecycle_policy(repositoryName=REPOSITORY))


def test_a_lifecycle_rule_that_deletes_what_an_active_revision_pins_is_found(world: World) -> None:
    put_lifecycle(world, tagStatus="untagged", countType="sinceImagePushed", countUnit="days", countNumber=1)
    finding = world.finding()
    assert_finding(
        finding, "lifecycle", DEFINITION, "rule 1: untagged images after 1 day", "keepRevisions of pair ocr"
    )
    assert "the images of revision 2, the first of them on 20" in finding["found"]


def test_a_lifecycle_rule_that_counts_is_compared_with_retention(world: World) -> None:
    put_lifecycle(world, tagStatus="any", countType="imageCountMoreThan", countNumber=5)
    backdate(world, world.older, 60)
    assert "after 4 more pushes" in world.finding()["found"]
    world.deployed_with(keepRevisions=5)
    assert world.note("lifecycle") == "1 lifecycle rule"
