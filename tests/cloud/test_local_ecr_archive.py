"""Archived images in the local cloud's ECR: described, not pulled, and restored."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.seed import manifest, push
from tests.cloud.test_local_ecr_layers import CONFIG, DIGEST, put_image, read, upload, url

REPOSITORY = "team/app"


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName=REPOSITORY)
    return client


def move(ecr: Any, target: str, **image_id: str) -> str:
    answer = ecr.update_image_storage_class(
        repositoryName=REPOSITORY, imageId=image_id, targetStorageClass=target
    )
    status: str = answer["imageStatus"]
    return status


def listed(ecr: Any, **chosen: str) -> list[str]:
    more = {"filter": chosen} if chosen else {}
    details = ecr.describe_images(repositoryName=REPOSITORY, **more)["imageDetails"]
    return [image["imageDigest"] for image in details]


def failures(ecr: Any, tag: str) -> list[str]:
    answer = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": tag}])
    return [failure["failureCode"] for failure in answer["failures"]]


def test_an_archived_image_is_described_as_such_and_cannot_be_pulled(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    assert move(ecr, "ARCHIVE", imageDigest=digest) == "ARCHIVED"
    query = {"repositoryName": REPOSITORY, "imageIds": [{"imageTag": "v1"}]}
    (detail,) = ecr.describe_images(**query)["imageDetails"]
    assert (detail["imageStatus"], detail["imageTags"]) == ("ARCHIVED", ["v1"])
    assert detail["lastArchivedAt"].timestamp() > 0
    assert failures(ecr, "v1") == ["ImageNotFound"]


def test_a_list_leaves_archived_images_out_unless_asked_for(cloud: Cloud, ecr: Any) -> None:
    archived, active = push(cloud, REPOSITORY, "a", "v1"), push(cloud, REPOSITORY, "b", "v2")
    move(ecr, "ARCHIVE", imageTag="v1")
    assert listed(ecr) == listed(ecr, imageStatus="ACTIVE") == [active]
    assert listed(ecr, imageStatus="ARCHIVED") == [archived]
    assert listed(ecr, imageStatus="ANY", tagStatus="TAGGED") == [archived, active]
    ids = ecr.list_images(repositoryName=REPOSITORY, filter={"imageStatus": "ARCHIVED"})["imageIds"]
    assert ids == [{"imageDigest": archived, "imageTag": "v1"}]


def test_archiving_and_restoring_are_events_of_their_own_action(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    move(ecr, "ARCHIVE", imageDigest=digest)
    assert move(ecr, "STANDARD", imageDigest=digest) == "ACTIVE"
    assert failures(ecr, "v1") == []
    expected = {
        "result": "SUCCESS",
        "repository-name": REPOSITORY,
        "image-digest": digest,
        "action-type": "UPDATE_STORAGE_CLASS",
        "image-tag": "v1",
    }
    events = cloud.events.history[-2:]
    assert {event["detail-type"] for event in events} == {"ECR Image Action"}
    assert [event["detail"] for event in events] == [expected, expected]


def test_pushing_an_archived_image_again_restores_it(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    move(ecr, "ARCHIVE", imageDigest=digest)
    ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest("a"), imageTag="v1")
    assert listed(ecr) == [digest]


def test_a_layer_of_archived_images_alone_has_no_url(ecr: Any) -> None:
    upload(ecr)
    put_image(ecr)
    move(ecr, "ARCHIVE", imageTag="latest")
    with pytest.raises(ClientError, match=f"(?s)LayerInaccessibleException.*{DIGEST}"):
        url(ecr)
    move(ecr, "STANDARD", imageTag="latest")
    assert read(url(ecr)) == CONFIG


def test_what_is_archived_already_is_said(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    move(ecr, "ARCHIVE", imageDigest=digest)
    with pytest.raises(ClientError, match="ImageStorageClassUpdateNotSupportedException"):
        move(ecr, "ARCHIVE", imageDigest=digest)


def test_an_archived_image_is_not_scanned(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a")
    move(ecr, "ARCHIVE", imageDigest=digest)
    with pytest.raises(ClientError, match="ImageArchivedException"):
        ecr.start_image_scan(repositoryName=REPOSITORY, imageId={"imageDigest": digest})


@pytest.mark.parametrize(
    ("target", "image_id", "error"),
    [
        ("COLD", {"imageTag": "latest"}, "InvalidParameterException"),
        ("ARCHIVE", {"imageTag": "v9"}, "ImageNotFoundException"),
    ],
)
def test_bad_changes_are_refused(
    cloud: Cloud, ecr: Any, target: str, image_id: dict[str, str], error: str
) -> None:
    push(cloud, REPOSITORY, "a")
    with pytest.raises(ClientError, match=error):
        move(ecr, target, **image_id)
