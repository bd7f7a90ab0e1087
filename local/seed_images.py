"""Images as the usual tools push them: single ones, and indexes with attestations and SOCI indexes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.ecr.manifests import IN_TOTO, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, digest_of

if TYPE_CHECKING:
    from local.cloud import Cloud

_PLATFORM = "linux/amd64"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_SOCI = "application/vnd.amazon.soci.index.v1+json"


@dataclass(frozen=True)
class Index:
    """An index that was pushed: its own digest, and those of what it brought along.

    ``children`` maps a platform to its image, ``attestations`` a platform to the attestation of its image,
    ``soci`` a platform to the SOCI index of its image; the latter is no child of the index but refers to the
    image as its subject.
    """

    digest: str
    children: dict[str, str]
    attestations: dict[str, str]
    soci: dict[str, str]


def push(cloud: Cloud, repository: str, build: str, tag: str = "latest") -> str:
    """Pushes an image for linux/amd64 and returns its digest; raises ClientError as ECR does."""
    return push_image(cloud, repository, tag, build=build)


def push_image(
    cloud: Cloud, repository: str, tag: str | None, *, build: str, platform: str = _PLATFORM
) -> str:
    """Pushes an image, configuration first, and returns its digest; raises ClientError as ECR does.

    ``platform`` is ``os/architecture`` or ``os/architecture/variant``. The layers are named in the manifest
    but not uploaded: nobody reads them.
    """
    _upload(cloud, repository, _configuration(build, platform))
    return _put(cloud, repository, manifest(build, platform), tag)


def push_index(
    cloud: Cloud,
    repository: str,
    tag: str | None,
    *,
    build: str,
    platforms: Sequence[str] = (_PLATFORM, "linux/arm64"),
    attestations: bool = True,
    soci: bool = False,
) -> Index:
    """Pushes a multi-platform image as ``docker buildx build --push`` does: what it lists first, untagged.

    Raises ClientError as ECR does. docs.docker.com/build/metadata/attestations/attestation-storage/
    """
    children = {
        platform: push_image(cloud, repository, None, build=build, platform=platform)
        for platform in platforms
    }
    listed = [_listed(build, platform) for platform in platforms]
    attested = {}
    for platform in platforms if attestations else ():
        text = _attestation(cloud, repository, build, platform)
        attested[platform] = _put(cloud, repository, text, None)
        listed.append(
            {
                **_descriptor(OCI_MANIFEST, text.encode()),
                "annotations": {
                    "vnd.docker.reference.digest": children[platform],
                    "vnd.docker.reference.type": "attestation-manifest",
                },
                "platform": {"architecture": "unknown", "os": "unknown"},
            }
        )
    soci_indexes = {
        platform: _put(cloud, repository, _soci_index(build, platform), None)
        for platform in (platforms if soci else ())
    }
    text = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed})
    return Index(_put(cloud, repository, text, tag), children, attested, soci_indexes)


def manifest(build: str, platform: str = _PLATFORM) -> str:
    """An image's manifest; another ``build`` gives another digest, as another build would."""
    layer = {"mediaType": _LAYER, "digest": _named(f"{build} {platform}"), "size": 2048}
    return _manifest(_descriptor(OCI_CONFIG, _configuration(build, platform)), layer)


def _configuration(build: str, platform: str) -> bytes:
    """opencontainers/image-spec, config.md."""
    document = {
        **_platform(platform),
        "config": {"Labels": {"build": build}},
        "rootfs": {"type": "layers", "diff_ids": [_named(f"{build} {platform} unpacked")]},
    }
    return json.dumps(document).encode()


def _listed(build: str, platform: str) -> dict[str, Any]:
    return {
        **_descriptor(OCI_MANIFEST, manifest(build, platform).encode()),
        "platform": _platform(platform),
    }


def _attestation(cloud: Cloud, repository: str, build: str, platform: str) -> str:
    """What BuildKit puts beside an image: an image of no platform, whose layers are in-toto statements."""
    statement = _named(f"{build} {platform} provenance")
    configuration = json.dumps(
        {
            "architecture": "unknown",
            "os": "unknown",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [statement]},
        }
    ).encode()
    _upload(cloud, repository, configuration)
    annotations = {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"}
    layer = {"mediaType": IN_TOTO, "digest": statement, "size": 512, "annotations": annotations}
    return _manifest(_descriptor(OCI_CONFIG, configuration), layer)


def _soci_index(build: str, platform: str) -> str:
    """AWS's Seekable OCI index of an image (awslabs/soci-snapshotter, docs/glossary.md)."""
    subject = _descriptor(OCI_MANIFEST, manifest(build, platform).encode())
    ztoc = {
        "mediaType": "application/octet-stream",
        "digest": _named(f"{build} {platform} ztoc"),
        "size": 256,
    }
    return _manifest(_descriptor(_SOCI, b"{}"), ztoc, subject=subject)


def _manifest(config: Mapping[str, Any], *layers: Mapping[str, Any], **more: Any) -> str:
    document = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": layers, **more}
    return json.dumps(document)


def _descriptor(media_type: str, data: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}


def _platform(text: str) -> dict[str, str]:
    """
    >>> _platform("linux/arm/v7")
    {'architecture': 'arm', 'os': 'linux', 'variant': 'v7'}
    """
    system, architecture, *variant = text.split("/")
    return {"architecture": architecture, "os": system, **({"variant": variant[0]} if variant else {})}


def _named(text: str) -> str:
    """The digest of a blob that exists by name alone."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _put(cloud: Cloud, repository: str, text: str, tag: str | None) -> str:
    """Puts a manifest; one without a tag only where it is not there yet, since docker asks before."""
    try:
        cloud.client("ecr").put_image(
            repositoryName=repository, imageManifest=text, **({"imageTag": tag} if tag else {})
        )
    except ClientError as error:
        if tag or error.response["Error"]["Code"] != "ImageAlreadyExistsException":
            raise
    return digest_of(text.encode())


def _upload(cloud: Cloud, repository: str, data: bytes) -> None:
    """Uploads a blob unless the repository has it, as docker does."""
    ecr, digest = cloud.client("ecr"), digest_of(data)
    where = {"repositoryName": repository}
    known = ecr.batch_check_layer_availability(**where, layerDigests=[digest])["layers"]
    if any(layer["layerAvailability"] == "AVAILABLE" for layer in known):
        return
    upload = {**where, "uploadId": ecr.initiate_layer_upload(**where)["uploadId"]}
    ecr.upload_layer_part(**upload, partFirstByte=0, partLastByte=len(data) - 1, layerPartBlob=data)
    ecr.complete_layer_upload(**upload, layerDigests=[digest])
