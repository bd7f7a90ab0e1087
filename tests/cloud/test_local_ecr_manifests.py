"""Manifests in the local cloud's ECR: they come back as they were put, of whatever kind they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.ecr.manifests import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, digest_of
from local.seed import manifest, push

REPOSITORY = "team/app"
NOTHING = "sha256:" + "0" * 64


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName=REPOSITORY)
    return client


def put(ecr: Any, text: str, **more: str) -> str:
    image = ecr.put_image(repositoryName=REPOSITORY, imageManifest=text, **more)["image"]
    digest: str = image["imageId"]["imageDigest"]
    return digest


def index(*children: str, media_type: str = OCI_INDEX) -> str:
    """An index, with the line breaks and spaces of another tool's JSON."""
    listed = [{"mediaType": OCI_MANIFEST, "digest": child, "size": 1} for child in children]
    return json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": listed}, indent=3)


def got(ecr: Any, **image_id: str) -> dict[str, Any]:
    answer = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[image_id])
    assert answer["failures"] == []
    (image,) = answer["images"]
    return dict(image)


@pytest.mark.parametrize("media_type", [OCI_MANIFEST, DOCKER_MANIFEST, OCI_INDEX, DOCKER_LIST])
def test_a_manifest_comes_back_byte_for_byte_with_its_media_type(ecr: Any, media_type: str) -> None:
    text = json.dumps({"schemaVersion": 2, "mediaType": media_type, "annotations": {"a": "ü"}}, indent=3)
    digest = put(ecr, text, imageTag="v1")
    assert digest == digest_of(text.encode())
    expected = {
        "registryId": "123456789012",
        "repositoryName": REPOSITORY,
        "imageId": {"imageDigest": digest, "imageTag": "v1"},
        "imageManifest": text,
        "imageManifestMediaType": media_type,
    }
    assert got(ecr, imageTag="v1") == expected
    assert got(ecr, imageDigest=digest) == {**expected, "imageId": {"imageDigest": digest}}


def test_the_media_type_of_the_request_counts_where_the_manifest_has_none(ecr: Any) -> None:
    digest = put(ecr, '{"schemaVersion": 2, "manifests": []}', imageManifestMediaType=OCI_INDEX)
    assert got(ecr, imageDigest=digest)["imageManifestMediaType"] == OCI_INDEX


def test_an_index_and_its_untagged_children_are_all_there(cloud: Cloud, ecr: Any) -> None:
    child = put(ecr, manifest("child"))
    digest = put(ecr, index(child), imageTag="latest")
    assert got(ecr, imageTag="latest")["imageId"]["imageDigest"] == digest
    assert got(ecr, imageDigest=child)["imageManifest"] == manifest("child")
    pushed = [event["detail"] for event in cloud.events.history]
    assert [(detail["image-digest"], detail["image-tag"]) for detail in pushed] == [
        (child, ""),
        (digest, "latest"),
    ]


def test_an_index_has_the_size_of_its_largest_image_and_no_artifact_type(ecr: Any) -> None:
    small, large = (
        json.dumps({"mediaType": OCI_MANIFEST, "layers": [{"digest": NOTHING, "size": number}]})
        for number in (5, 7)
    )
    digest = put(ecr, index(put(ecr, large), put(ecr, small)))
    query = {"repositoryName": REPOSITORY, "imageIds": [{"imageDigest": digest}]}
    (detail,) = ecr.describe_images(**query)["imageDetails"]
    assert (detail["imageSizeInBytes"], detail["imageManifestMediaType"]) == (7, OCI_INDEX)
    assert "artifactMediaType" not in detail


def test_an_artifact_names_its_subject(ecr: Any) -> None:
    image = put(ecr, manifest("image"))
    artifact = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": "application/vnd.example",
        "subject": {"mediaType": OCI_MANIFEST, "digest": image, "size": 1},
    }
    digest = put(ecr, json.dumps(artifact))
    query = {"repositoryName": REPOSITORY, "imageIds": [{"imageDigest": digest}]}
    (detail,) = ecr.describe_images(**query)["imageDetails"]
    assert (detail["artifactMediaType"], detail["subjectManifestDigest"]) == (
        "application/vnd.example",
        image,
    )


def test_what_is_not_there_is_a_failure_beside_what_is(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    other = push(cloud, REPOSITORY, "b", "v2")
    answer = ecr.batch_get_image(
        repositoryName=REPOSITORY,
        imageIds=[
            {"imageTag": "v9"},
            {"imageDigest": NOTHING},
            {"imageTag": "v1"},
            {"imageDigest": other, "imageTag": "v1"},
            {"imageDigest": "latest"},
            {},
        ],
    )
    assert [image["imageId"]["imageDigest"] for image in answer["images"]] == [digest]
    failures = [(failure["imageId"], failure["failureCode"]) for failure in answer["failures"]]
    assert failures == [
        ({"imageTag": "v9"}, "ImageNotFound"),
        ({"imageDigest": NOTHING}, "ImageNotFound"),
        ({"imageDigest": other, "imageTag": "v1"}, "ImageTagDoesNotMatchDigest"),
        ({"imageDigest": "latest"}, "InvalidImageDigest"),
        ({}, "MissingDigestAndTag"),
    ]


def test_an_index_of_an_image_that_is_not_there_is_refused(cloud: Cloud, ecr: Any) -> None:
    with pytest.raises(ClientError, match=f"(?s)ReferencedImagesNotFoundException.*{NOTHING}"):
        put(ecr, index(NOTHING), imageTag="latest")
    assert cloud.events.history == []


def test_what_an_index_refers_to_is_not_deleted_before_it(ecr: Any) -> None:
    child = put(ecr, manifest("child"))
    parent = put(ecr, index(child))
    query = {"repositoryName": REPOSITORY, "imageIds": [{"imageDigest": child}]}
    (failure,) = ecr.batch_delete_image(**query)["failures"]
    assert failure["failureCode"] == "ImageReferencedByManifestList"
    assert parent in failure["failureReason"]
    ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": parent}])
    assert ecr.batch_delete_image(**query)["imageIds"] == [{"imageDigest": child}]


@pytest.mark.parametrize("operation", ["ListImages", "BatchGetImage", "PutImage"])
def test_faults_spoil_what_the_local_cloud_answers_itself(cloud: Cloud, ecr: Any, operation: str) -> None:
    push(cloud, REPOSITORY, "a", "v1")
    cloud.faults.add(f"ecr:{operation}", "access-denied")
    calls: dict[str, Callable[[], object]] = {
        "ListImages": lambda: ecr.list_images(repositoryName=REPOSITORY),
        "BatchGetImage": lambda: got(ecr, imageTag="v1"),
        "PutImage": lambda: put(ecr, manifest("b"), imageTag="v1"),
    }
    with pytest.raises(ClientError, match="AccessDeniedException"):
        calls[operation]()
    calls[operation]()
