"""ECR as the local cloud completes it: digests, tags that move, events."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.seed import manifest, push


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName="team/app")
    return client


def images(ecr: Any) -> dict[str, list[str]]:
    details = ecr.describe_images(repositoryName="team/app")["imageDetails"]
    return {image["imageDigest"]: image.get("imageTags", []) for image in details}


def test_the_digest_is_that_of_the_manifest(cloud: Cloud, ecr: Any) -> None:
    assert push(cloud, "team/app", "a") == "sha256:" + hashlib.sha256(manifest("a").encode()).hexdigest()


def test_a_digest_that_is_not_that_of_the_manifest_is_refused(ecr: Any) -> None:
    with pytest.raises(ClientError, match="ImageDigestDoesNotMatchException"):
        ecr.put_image(
            repositoryName="team/app",
            imageManifest=manifest("a"),
            imageTag="v1",
            imageDigest="sha256:" + "0" * 64,
        )


def test_a_tag_that_moves_leaves_the_old_image_untagged(cloud: Cloud, ecr: Any) -> None:
    first, second = push(cloud, "team/app", "a"), push(cloud, "team/app", "b")
    assert images(ecr) == {first: [], second: ["latest"]}
    by_tag = ecr.describe_images(repositoryName="team/app", imageIds=[{"imageTag": "latest"}])
    assert by_tag["imageDetails"][0]["imageDigest"] == second


def test_a_tag_moves_back_to_an_image_that_is_still_there(cloud: Cloud, ecr: Any) -> None:
    first, second = push(cloud, "team/app", "a"), push(cloud, "team/app", "b")
    assert push(cloud, "team/app", "a") == first
    assert images(ecr) == {first: ["latest"], second: []}


def test_one_of_two_tags_moves_alone(cloud: Cloud, ecr: Any) -> None:
    first = push(cloud, "team/app", "a", "latest")
    push(cloud, "team/app", "a", "v1")
    second = push(cloud, "team/app", "b", "latest")
    assert images(ecr) == {first: ["v1"], second: ["latest"]}


def test_the_same_manifest_under_the_same_tag_is_refused_and_emits_nothing(cloud: Cloud, ecr: Any) -> None:
    push(cloud, "team/app", "a")
    events = len(cloud.events.history)
    with pytest.raises(ClientError, match="ImageAlreadyExistsException"):
        push(cloud, "team/app", "a")
    assert len(cloud.events.history) == events


def test_an_immutable_tag_does_not_move(cloud: Cloud, ecr: Any) -> None:
    ecr.put_image_tag_mutability(repositoryName="team/app", imageTagMutability="IMMUTABLE")
    first = push(cloud, "team/app", "a")
    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        push(cloud, "team/app", "b")
    assert images(ecr) == {first: ["latest"]}


@pytest.mark.parametrize(
    ("repository", "text", "code"),
    [
        ("unknown", manifest("a"), "RepositoryNotFoundException"),
        ("team/app", "{not json", "InvalidParameterException"),
        ("team/app", "[]", "InvalidParameterException"),
    ],
)
def test_bad_pushes_are_refused_as_ecr_refuses_them(ecr: Any, repository: str, text: str, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        ecr.put_image(repositoryName=repository, imageManifest=text, imageTag="v1")


def test_a_push_emits_the_event_that_ecr_documents(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, "team/app", "a", "v1")
    event = dict(cloud.events.history[-1])
    assert re.fullmatch(r"[0-9a-f-]{36}", event.pop("id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event.pop("time"))
    assert event == {
        "version": "0",
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": "123456789012",
        "region": "ap-southeast-2",
        "resources": [],
        "detail": {
            "result": "SUCCESS",
            "repository-name": "team/app",
            "image-digest": digest,
            "action-type": "PUSH",
            "image-tag": "v1",
        },
    }


def test_an_untagged_push_has_an_empty_tag_and_the_media_types(cloud: Cloud, ecr: Any) -> None:
    ecr.put_image(repositoryName="team/app", imageManifest=manifest("a"))
    detail = cloud.events.history[-1]["detail"]
    assert detail["image-tag"] == ""
    assert detail["manifest-media-type"] == "application/vnd.oci.image.manifest.v1+json"
    assert detail["artifact-media-type"] == "application/vnd.oci.image.config.v1+json"


def test_a_deletion_is_an_event_too(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, "team/app", "a")
    ecr.batch_delete_image(repositoryName="team/app", imageIds=[{"imageDigest": digest}])
    detail = cloud.events.history[-1]["detail"]
    assert (detail["action-type"], detail["image-digest"]) == ("DELETE", digest)
