"""Layers and configurations in the local cloud's ECR: uploaded in parts, downloaded by URL."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from local.cloud import Cloud
from local.ecr.manifests import OCI_CONFIG, OCI_MANIFEST, digest_of

REPOSITORY = "team/app"
CONFIG = b'{"architecture": "arm64", "os": "linux"}'
DIGEST = digest_of(CONFIG)


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName=REPOSITORY)
    return client


def begin(ecr: Any) -> dict[str, str]:
    upload = ecr.initiate_layer_upload(repositoryName=REPOSITORY)["uploadId"]
    return {"repositoryName": REPOSITORY, "uploadId": upload}


def part(ecr: Any, upload: dict[str, str], first: int, data: bytes) -> int:
    last = first + len(data) - 1
    answer = ecr.upload_layer_part(**upload, partFirstByte=first, partLastByte=last, layerPartBlob=data)
    received: int = answer["lastByteReceived"]
    return received


def upload(ecr: Any, data: bytes = CONFIG) -> str:
    begun = begin(ecr)
    part(ecr, begun, 0, data)
    answer = ecr.complete_layer_upload(**begun, layerDigests=[digest_of(data)])
    digest: str = answer["layerDigest"]
    return digest


def put_image(ecr: Any) -> None:
    config = {"mediaType": OCI_CONFIG, "digest": DIGEST, "size": len(CONFIG)}
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": []}
    ecr.put_image(repositoryName=REPOSITORY, imageManifest=json.dumps(manifest), imageTag="latest")


def url(ecr: Any, digest: str = DIGEST) -> str:
    answer = ecr.get_download_url_for_layer(repositoryName=REPOSITORY, layerDigest=digest)
    assert answer["layerDigest"] == digest
    found: str = answer["downloadUrl"]
    return found


def read(link: str) -> bytes:
    with urlopen(link) as answer:
        data: bytes = answer.read()
    return data


def test_a_configuration_is_downloaded_without_credentials(cloud: Cloud, ecr: Any) -> None:
    assert upload(ecr) == DIGEST
    put_image(ecr)
    link = url(ecr)
    assert link.startswith(f"{cloud.endpoint}/")
    assert read(link) == CONFIG


def test_parts_are_joined_in_order(ecr: Any) -> None:
    begun = begin(ecr)
    assert part(ecr, begun, 0, CONFIG[:10]) == 9
    assert part(ecr, begun, 10, CONFIG[10:]) == len(CONFIG) - 1
    ecr.complete_layer_upload(**begun, layerDigests=[DIGEST])
    put_image(ecr)
    assert read(url(ecr)) == CONFIG


def test_a_part_that_leaves_a_hole_is_refused(ecr: Any) -> None:
    begun = begin(ecr)
    with pytest.raises(ClientError, match="InvalidLayerPartException"):
        part(ecr, begun, 5, CONFIG)


def test_a_digest_that_is_not_that_of_the_bytes_is_refused(ecr: Any) -> None:
    begun = begin(ecr)
    part(ecr, begun, 0, CONFIG)
    with pytest.raises(ClientError, match=f"(?s)InvalidLayerException.*{DIGEST}"):
        ecr.complete_layer_upload(**begun, layerDigests=[digest_of(b"other")])


def test_an_upload_without_a_part_is_refused(ecr: Any) -> None:
    with pytest.raises(ClientError, match="EmptyUploadException"):
        ecr.complete_layer_upload(**begin(ecr), layerDigests=[DIGEST])


def test_an_upload_ends_once(ecr: Any) -> None:
    begun = begin(ecr)
    part(ecr, begun, 0, CONFIG)
    ecr.complete_layer_upload(**begun, layerDigests=[DIGEST])
    with pytest.raises(ClientError, match="UploadNotFoundException"):
        ecr.complete_layer_upload(**begun, layerDigests=[DIGEST])
    with pytest.raises(ClientError, match="LayerAlreadyExistsException"):
        upload(ecr)


def test_a_layer_that_nobody_uploaded_has_no_url(ecr: Any) -> None:
    put_image(ecr)
    with pytest.raises(ClientError, match=f"(?s)LayersNotFoundException.*{DIGEST}.*team/app"):
        url(ecr)


def test_a_layer_of_no_image_has_no_url(ecr: Any) -> None:
    upload(ecr)
    with pytest.raises(ClientError, match="LayerInaccessibleException"):
        url(ecr)


def test_a_layer_is_of_the_repository_that_it_was_uploaded_to(cloud: Cloud, ecr: Any) -> None:
    upload(ecr)
    put_image(ecr)
    ecr.create_repository(repositoryName="other")
    with pytest.raises(ClientError, match="LayersNotFoundException"):
        ecr.get_download_url_for_layer(repositoryName="other", layerDigest=DIGEST)


def test_a_client_learns_which_layers_it_still_has_to_upload(ecr: Any) -> None:
    upload(ecr)
    missing = digest_of(b"other")
    answer = ecr.batch_check_layer_availability(
        repositoryName=REPOSITORY, layerDigests=[DIGEST, missing, "latest"]
    )
    assert [(layer["layerDigest"], layer["layerAvailability"]) for layer in answer["layers"]] == [
        (DIGEST, "AVAILABLE"),
        (missing, "UNAVAILABLE"),
    ]
    assert [failure["failureCode"] for failure in answer["failures"]] == ["InvalidLayerDigest"]


def test_a_download_after_a_reset_is_not_found(cloud: Cloud, ecr: Any) -> None:
    upload(ecr)
    put_image(ecr)
    link = url(ecr)
    cloud.reset()
    with pytest.raises(HTTPError) as caught:
        read(link)
    with caught.value as error:
        assert error.code == 404


def test_faults_spoil_the_url_and_the_download(cloud: Cloud, ecr: Any) -> None:
    upload(ecr)
    put_image(ecr)
    cloud.faults.add("ecr:GetDownloadUrlForLayer", "access-denied")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        url(ecr)
    cloud.faults.add("s3:GetObject", "server-error")
    link = url(ecr)
    with pytest.raises(HTTPError) as caught:
        read(link)
    with caught.value as error:
        assert error.code == 500
    assert read(link) == CONFIG
