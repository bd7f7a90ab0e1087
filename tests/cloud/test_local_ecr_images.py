"""What the local cloud's ECR says about images: pages, filters, manifests, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.ecr.manifests import OCI_MANIFEST
from local.seed import manifest, push

REPOSITORY = "team/app"


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName=REPOSITORY)
    return client


def fill(cloud: Cloud, count: int) -> None:
    for number in range(count):
        body = {"imageManifest": manifest(str(number)), "imageTag": f"v{number}"}
        cloud.ecr.put_image({"repositoryName": REPOSITORY, **body})


def size(text: str) -> int:
    document = json.loads(text)
    return sum(int(blob["size"]) for blob in (document["config"], *document["layers"]))


def describe(ecr: Any, **query: Any) -> list[dict[str, Any]]:
    details: list[dict[str, Any]] = ecr.describe_images(repositoryName=REPOSITORY, **query)["imageDetails"]
    return details


def test_ten_thousand_images_are_listed_once_each(cloud: Cloud, ecr: Any) -> None:
    fill(cloud, 10_000)
    pages = ecr.get_paginator("describe_images").paginate(
        repositoryName=REPOSITORY, PaginationConfig={"PageSize": 1000}
    )
    sizes, tags = [], []
    for page in pages:
        sizes.append(len(page["imageDetails"]))
        tags += [tag for image in page["imageDetails"] for tag in image["imageTags"]]
    assert sizes == [1000] * 10
    assert tags == [f"v{number}" for number in range(10_000)]


def test_a_page_has_a_hundred_images_unless_asked_otherwise(cloud: Cloud, ecr: Any) -> None:
    fill(cloud, 101)
    first = ecr.describe_images(repositoryName=REPOSITORY)
    rest = ecr.describe_images(repositoryName=REPOSITORY, nextToken=first["nextToken"])
    assert (len(first["imageDetails"]), len(rest["imageDetails"])) == (100, 1)
    assert "nextToken" not in rest


def test_a_last_page_that_is_full_has_no_token(cloud: Cloud, ecr: Any) -> None:
    fill(cloud, 4)
    first = ecr.describe_images(repositoryName=REPOSITORY, maxResults=2)
    second = ecr.describe_images(repositoryName=REPOSITORY, maxResults=2, nextToken=first["nextToken"])
    assert len(second["imageDetails"]) == 2
    assert "nextToken" not in second


def test_an_image_deleted_between_two_pages_hides_no_other(cloud: Cloud, ecr: Any) -> None:
    fill(cloud, 4)
    first = ecr.describe_images(repositoryName=REPOSITORY, maxResults=2)
    ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "v0"}])
    second = ecr.describe_images(repositoryName=REPOSITORY, maxResults=2, nextToken=first["nextToken"])
    assert [image["imageTags"] for image in second["imageDetails"]] == [["v2"], ["v3"]]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"maxResults": 1001}, "maxResults.*less than or equal to 1000"),
        ({"nextToken": "made up"}, "nextToken"),
        ({"imageIds": [{"imageTag": "v0"}], "maxResults": 5}, "maxResults.*cannot be used"),
        ({"imageIds": [{"imageTag": "v0"}], "nextToken": "x"}, "nextToken.*cannot be used"),
        ({"imageIds": [{"imageTag": "v0"}] * 101}, "imageIds.*length less than or equal to 100"),
        ({"filter": {"tagStatus": "SOME"}}, "filter.tagStatus"),
        ({"imageIds": [{}]}, "both tag and digest"),
    ],
)
def test_a_query_that_ecr_refuses_is_an_invalid_parameter(
    cloud: Cloud, ecr: Any, query: dict[str, Any], message: str
) -> None:
    fill(cloud, 1)
    with pytest.raises(ClientError, match=f"(?s)InvalidParameterException.*{message}"):
        describe(ecr, **query)


@pytest.mark.parametrize(
    ("status", "tags"), [("TAGGED", [["v1"]]), ("UNTAGGED", [None]), ("ANY", [None, ["v1"]])]
)
def test_images_are_filtered_by_whether_they_have_a_tag(
    cloud: Cloud, ecr: Any, status: str, tags: Any
) -> None:
    ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest("untagged"))
    push(cloud, REPOSITORY, "tagged", "v1")
    found = describe(ecr, filter={"tagStatus": status})
    assert [image.get("imageTags") for image in found] == tags


def test_an_image_is_described_once_with_all_its_tags(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    push(cloud, REPOSITORY, "a", "latest")
    (image,) = describe(ecr)
    assert image["imagePushedAt"].timestamp() > 0
    del image["imagePushedAt"]
    assert image == {
        "registryId": "123456789012",
        "repositoryName": REPOSITORY,
        "imageDigest": digest,
        "imageTags": ["v1", "latest"],
        "imageSizeInBytes": size(manifest("a")),
        "imageManifestMediaType": OCI_MANIFEST,
        "artifactMediaType": "application/vnd.oci.image.config.v1+json",
        "imageStatus": "ACTIVE",
    }
    both = [{"imageTag": "v1"}, {"imageTag": "latest"}]
    assert [each["imageDigest"] for each in describe(ecr, imageIds=both)] == [digest]


def test_a_second_tag_leaves_the_time_of_the_push(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    before = describe(ecr)[0]["imagePushedAt"]
    cloud.ecr.backdate(REPOSITORY, digest, 3600)
    push(cloud, REPOSITORY, "a", "v2")
    after = describe(ecr)[0]["imagePushedAt"]
    assert (before - after).total_seconds() == 3600


def test_one_unknown_image_fails_the_whole_query(cloud: Cloud, ecr: Any) -> None:
    fill(cloud, 1)
    with pytest.raises(ClientError, match=r"(?s)ImageNotFoundException.*imageTag:'v9'.*team/app"):
        describe(ecr, imageIds=[{"imageTag": "v0"}, {"imageTag": "v9"}])


def test_another_registry_has_no_repository_of_that_name(ecr: Any) -> None:
    with pytest.raises(ClientError, match=r"(?s)RepositoryNotFoundException.*999999999999"):
        describe(ecr, registryId="999999999999")


def test_images_are_listed_with_one_entry_a_tag(cloud: Cloud, ecr: Any) -> None:
    first, second = push(cloud, REPOSITORY, "a", "v1"), push(cloud, REPOSITORY, "b", "v2")
    push(cloud, REPOSITORY, "b", "v1")
    page = ecr.list_images(repositoryName=REPOSITORY, maxResults=2)
    assert page["imageIds"] == [{"imageDigest": first}, {"imageDigest": second, "imageTag": "v2"}]
    rest = ecr.list_images(repositoryName=REPOSITORY, nextToken=page["nextToken"])
    assert rest["imageIds"] == [{"imageDigest": second, "imageTag": "v1"}]
    assert ecr.list_images(repositoryName=REPOSITORY, filter={"tagStatus": "UNTAGGED"})["imageIds"] == [
        {"imageDigest": first}
    ]


def test_a_repository_that_still_holds_images_is_deleted_by_force_alone(cloud: Cloud, ecr: Any) -> None:
    push(cloud, REPOSITORY, "a")
    with pytest.raises(ClientError, match="RepositoryNotEmptyException"):
        ecr.delete_repository(repositoryName=REPOSITORY)
    ecr.delete_repository(repositoryName=REPOSITORY, force=True)
    ecr.create_repository(repositoryName=REPOSITORY)
    assert describe(ecr) == []


def test_a_reset_empties_the_registry(cloud: Cloud, ecr: Any) -> None:
    push(cloud, REPOSITORY, "a")
    cloud.reset()
    ecr.create_repository(repositoryName=REPOSITORY)
    assert describe(ecr) == []


def test_an_untagged_image_is_deleted_by_digest_and_that_is_an_event(cloud: Cloud, ecr: Any) -> None:
    first = push(cloud, REPOSITORY, "a")
    push(cloud, REPOSITORY, "b")
    answer = ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": first}])
    assert answer["imageIds"] == [{"imageDigest": first}]
    detail = cloud.events.history[-1]["detail"]
    assert (detail["action-type"], detail["image-digest"], detail["image-tag"]) == ("DELETE", first, "")


def test_the_last_tag_takes_the_image_with_it(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    push(cloud, REPOSITORY, "a", "v2")
    ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "v1"}])
    assert [image["imageTags"] for image in describe(ecr)] == [["v2"]]
    answer = ecr.batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": "v2"}])
    assert answer["imageIds"] == [{"imageDigest": digest, "imageTag": "v2"}]
    assert describe(ecr) == []


def test_tags_that_an_immutable_repository_exempts_move(cloud: Cloud, ecr: Any) -> None:
    ecr.put_image_tag_mutability(
        repositoryName=REPOSITORY,
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev-*"}],
    )
    for tag in ("dev-1", "v1"):
        push(cloud, REPOSITORY, "a", tag)
    push(cloud, REPOSITORY, "b", "dev-1")
    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        push(cloud, REPOSITORY, "b", "v1")
