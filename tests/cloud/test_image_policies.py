"""The packaged function chooses among many tags, on the local cloud."""

from __future__ import annotations

import json

from handler import provenance
from local.cloud import Cloud
from local.seed import push
from local.seed_images import push_image, push_index
from tests.cloud.pair import FUNCTION, HOST, deploy, invoke, newest, records, redeploy

SEMVER = {"semver": ">=1.4 <2"}


def carried(cloud: Cloud, name: str = "one") -> str:
    return str(newest(cloud, name)["containerProperties"]["image"])


def starts(cloud: Cloud) -> int:
    return sum(record.get("type") == "platform.start" for record in records(cloud))


def test_the_highest_version_is_rolled_out_and_a_lower_one_that_comes_later_changes_nothing(
    cloud: Cloud,
) -> None:
    deploy(cloud, "one", imagePolicy=SEMVER)
    digest = push(cloud, "backend", "first", "v1.5.0")
    cloud.settle()
    assert carried(cloud) == f"{HOST}@{digest}"
    assert newest(cloud, "one")["tags"][provenance.IMAGE_TAG] == "v1.5.0"
    push(cloud, "backend", "hotfix", "v1.4.9")
    cloud.settle()
    assert (carried(cloud), newest(cloud, "one")["revision"], starts(cloud)) == (f"{HOST}@{digest}", 2, 2)


def test_a_push_that_cannot_matter_does_not_start_the_function(cloud: Cloud) -> None:
    deploy(cloud, "one", imagePolicy=SEMVER)
    for tag in ("latest", "v2.0.0", "main-1", None):
        push_image(cloud, "backend", tag, build=f"build {tag}")
    cloud.settle()
    assert starts(cloud) == 0


def test_a_multi_platform_push_gives_one_revision_pinned_to_the_index(cloud: Cloud) -> None:
    deploy(cloud, "one", imagePolicy={"glob": "*"})
    index = push_index(cloud, "backend", "release-1", build="multi", attestations=True, soci=True)
    cloud.settle()
    assert (carried(cloud), newest(cloud, "one")["revision"]) == (f"{HOST}@{index.digest}", 2)
    assert starts(cloud) == 1


def test_a_deleted_version_leaves_the_definition_where_it_is_and_the_reason_says_so(cloud: Cloud) -> None:
    deploy(cloud, "one", imagePolicy=SEMVER)
    push(cloud, "backend", "lower", "1.4.0")
    digest = push(cloud, "backend", "higher", "1.5.0")
    cloud.settle()
    cloud.client("ecr").batch_delete_image(repositoryName="backend", imageIds=[{"imageTag": "1.5.0"}])
    (outcome,) = invoke(cloud, {"action": "reconcile"})["outcomes"]
    assert (outcome["outcome"], carried(cloud)) == ("skipped", f"{HOST}@{digest}")
    assert "stays on 1.5.0, which ECR no longer offers: 1.4.0 would be a step down" in outcome["reason"]

    redeploy(cloud, "one", imagePolicy={**SEMVER, "allowDowngrade": True})
    (outcome,) = invoke(cloud, {"action": "reconcile"})["outcomes"]
    assert outcome["outcome"] == "updated"


def test_an_archived_image_is_not_selected(cloud: Cloud) -> None:
    deploy(cloud, "one", imagePolicy={"regex": "^main-([0-9]+)$", "order": "numeric"})
    archived = push(cloud, "backend", "archived", "main-9")
    digest = push(cloud, "backend", "kept", "main-8")
    cloud.client("events").disable_rule(Name=FUNCTION)
    cloud.settle()
    cloud.client("ecr").update_image_storage_class(
        repositoryName="backend", imageId={"imageDigest": archived}, targetStorageClass="ARCHIVE"
    )
    deploy_result = invoke(cloud, {"action": "reconcile"})
    assert deploy_result["selectedImage"] == {"tag": "main-8", "digest": digest}


def test_a_repository_of_ten_thousand_images_is_listed_in_pages_of_a_thousand(cloud: Cloud) -> None:
    images = 10_000
    deploy(cloud, "one", imagePolicy={"semver": ">=0.0.0"}, memoryMb=256)
    cloud.client("events").disable_rule(Name=FUNCTION)
    for number in range(images):
        text = json.dumps({"schemaVersion": 2, "config": {"digest": f"sha256:{number:064x}"}, "layers": []})
        cloud.ecr.put_image(
            {
                "repositoryName": "backend",
                "imageManifest": text,
                "imageTag": f"0.{number // 100}.{number % 100}",
            }
        )
    cloud.settle()
    result = invoke(cloud, {"action": "reconcile"})
    assert (result["failed"], result["selectedImage"]["tag"]) == (False, f"0.{images // 100 - 1}.99")
    calls = [call.action for call in cloud.calls_by(FUNCTION) if call.action == "ecr:DescribeImages"]
    # The look before, and the look after writing.
    assert len(calls) == 2 * images // 1000
    (report,) = (
        record["record"]["metrics"] for record in records(cloud) if record.get("type") == "platform.report"
    )
    assert report["maxMemoryUsedMB"] < report["memorySizeMB"]
