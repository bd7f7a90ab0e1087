"""Images as the usual tools push them to the local cloud."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.ecr.manifests import OCI_INDEX, digest_of
from local.seed import create_repository, manifest, push, push_image, push_index, seed_pair

REPOSITORY = "team/app"


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    create_repository(cloud, REPOSITORY)
    return cloud.client("ecr")


def document(ecr: Any, digest: str) -> dict[str, Any]:
    answer = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": digest}])
    found: dict[str, Any] = json.loads(answer["images"][0]["imageManifest"])
    return found


def configuration(ecr: Any, digest: str) -> dict[str, Any]:
    blob = document(ecr, digest)["config"]["digest"]
    link = ecr.get_download_url_for_layer(repositoryName=REPOSITORY, layerDigest=blob)["downloadUrl"]
    with urlopen(link) as answer:
        data = answer.read()
    assert digest_of(data) == blob
    found: dict[str, Any] = json.loads(data)
    return found


def tags(ecr: Any) -> dict[str, list[str]]:
    details = ecr.describe_images(repositoryName=REPOSITORY)["imageDetails"]
    return {image["imageDigest"]: image.get("imageTags", []) for image in details}


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux/amd64", {"os": "linux", "architecture": "amd64"}),
        ("linux/arm/v7", {"os": "linux", "architecture": "arm", "variant": "v7"}),
    ],
)
def test_the_configuration_of_an_image_says_its_platform(
    cloud: Cloud, ecr: Any, platform: str, expected: dict[str, str]
) -> None:
    digest = push_image(cloud, REPOSITORY, "v1", build="a", platform=platform)
    found = configuration(ecr, digest)
    assert {key: found[key] for key in ("os", "architecture", "variant") if key in found} == expected


def test_a_plain_push_is_that_of_an_image_for_amd64(cloud: Cloud, ecr: Any) -> None:
    digest = push(cloud, REPOSITORY, "a", "v1")
    assert digest == digest_of(manifest("a").encode())
    assert configuration(ecr, digest)["architecture"] == "amd64"
    assert push_image(cloud, REPOSITORY, "v2", build="a") == digest
    assert tags(ecr) == {digest: ["v1", "v2"]}


def test_another_build_and_another_platform_have_other_digests(cloud: Cloud, ecr: Any) -> None:
    pushed = {
        push_image(cloud, REPOSITORY, f"v{number}", build=build, platform=platform)
        for number, (build, platform) in enumerate(
            [("a", "linux/amd64"), ("a", "linux/arm64"), ("b", "linux/amd64")]
        )
    }
    assert len(pushed) == 3


def test_an_index_lists_its_platforms_and_their_attestations_as_buildkit_writes_them(
    cloud: Cloud, ecr: Any
) -> None:
    pushed = push_index(cloud, REPOSITORY, "latest", build="a", platforms=("linux/amd64", "linux/arm64"))
    index = document(ecr, pushed.digest)
    assert index["mediaType"] == OCI_INDEX
    amd64, arm64, *attestations = index["manifests"]
    assert (amd64["digest"], amd64["platform"]) == (
        pushed.children["linux/amd64"],
        {"os": "linux", "architecture": "amd64"},
    )
    assert (arm64["digest"], arm64["platform"]["architecture"]) == (pushed.children["linux/arm64"], "arm64")
    unknown = {"architecture": "unknown", "os": "unknown"}
    assert [(each["digest"], each["platform"], each["annotations"]) for each in attestations] == [
        (
            pushed.attestations[platform],
            unknown,
            {
                "vnd.docker.reference.digest": pushed.children[platform],
                "vnd.docker.reference.type": "attestation-manifest",
            },
        )
        for platform in ("linux/amd64", "linux/arm64")
    ]
    assert configuration(ecr, pushed.children["linux/arm64"])["architecture"] == "arm64"
    assert configuration(ecr, pushed.attestations["linux/arm64"])["os"] == "unknown"


def test_each_descriptor_of_an_index_has_the_size_of_its_manifest(cloud: Cloud, ecr: Any) -> None:
    pushed = push_index(cloud, REPOSITORY, "latest", build="a")
    for listed in document(ecr, pushed.digest)["manifests"]:
        answer = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": listed["digest"]}])
        assert len(answer["images"][0]["imageManifest"].encode()) == listed["size"]


def test_what_an_index_lists_is_pushed_first_and_untagged(cloud: Cloud, ecr: Any) -> None:
    pushed = push_index(cloud, REPOSITORY, "latest", build="a", soci=True)
    events = [
        (detail["image-digest"], detail["image-tag"])
        for detail in (event["detail"] for event in cloud.events.history)
    ]
    parts = [*pushed.children.values(), *pushed.attestations.values(), *pushed.soci.values()]
    assert events == [*((digest, "") for digest in parts), (pushed.digest, "latest")]
    assert tags(ecr) == {**{digest: [] for digest in parts}, pushed.digest: ["latest"]}


def test_a_soci_index_is_an_artifact_about_its_image(cloud: Cloud, ecr: Any) -> None:
    pushed = push_index(cloud, REPOSITORY, "latest", build="a", attestations=False, soci=True)
    digest = pushed.soci["linux/amd64"]
    query = {"repositoryName": REPOSITORY, "imageIds": [{"imageDigest": digest}]}
    (detail,) = ecr.describe_images(**query)["imageDetails"]
    assert detail["artifactMediaType"] == "application/vnd.amazon.soci.index.v1+json"
    assert detail["subjectManifestDigest"] == pushed.children["linux/amd64"]
    assert len(document(ecr, pushed.digest)["manifests"]) == 2


def test_an_index_gets_a_second_tag_though_its_children_are_there(cloud: Cloud, ecr: Any) -> None:
    first = push_index(cloud, REPOSITORY, "v1", build="a")
    assert push_index(cloud, REPOSITORY, "latest", build="a") == first
    assert tags(ecr)[first.digest] == ["v1", "latest"]
    with pytest.raises(ClientError, match="ImageAlreadyExistsException"):
        push_index(cloud, REPOSITORY, "latest", build="a")


def test_a_pair_that_passes_no_roles_gets_job_definitions_without_any(cloud: Cloud) -> None:
    seed_pair(cloud, repository=REPOSITORY, job_definitions=["job"], roles=[])
    (definition,) = cloud.client("batch").describe_job_definitions(jobDefinitionName="job")["jobDefinitions"]
    assert not {"jobRoleArn", "executionRoleArn"} & definition["containerProperties"].keys()
