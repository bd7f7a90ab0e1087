"""What a manifest says about the image: its kind, its size, and the blobs and manifests that it refers to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.http import ApiError

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
IN_TOTO = "application/vnd.in-toto+json"
_INDEXES = (OCI_INDEX, DOCKER_LIST)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A manifest as it was put; ``digest`` is that of its bytes.

    ``children`` are the digests of an index's manifests, ``blobs`` those of the configuration and the layers.
    ``artifact_type`` is what DescribeImages calls ``artifactMediaType``, "" for an index without one.
    """

    text: str
    digest: str
    media_type: str
    artifact_type: str = ""
    subject: str = ""
    size: int = 0
    blobs: frozenset[str] = frozenset()
    children: tuple[str, ...] = ()
    attestation: bool = False

    @property
    def is_index(self) -> bool:
        """Whether it lists other manifests instead of layers."""
        return self.media_type in _INDEXES

    @property
    def is_image(self) -> bool:
        """Whether a container can be started from it: no index, attestation, SOCI index or other artifact."""
        plain = self.artifact_type in ("", OCI_CONFIG, DOCKER_CONFIG)
        return plain and not self.is_index and not self.attestation


def read_manifest(text: Any, media_type: str | None = None) -> Manifest:
    """Reads the text that PutImage got; raises ApiError when it is no JSON object.

    A media type in the request counts before the one in the manifest. Where neither says one, OCI's is taken
    instead of an error, so that a push by hand can be short.
    """
    try:
        document = json.loads(text or "")
    except (TypeError, ValueError):
        document = None
    if not isinstance(text, str) or not isinstance(document, dict):
        raise ApiError(
            "InvalidParameterException",
            "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
        )
    config = _mapping(document.get("config"))
    layers = _mappings(document.get("layers"))
    config_type = str(config.get("mediaType", ""))
    return Manifest(
        text=text,
        digest=digest_of(text.encode()),
        media_type=media_type or str(document.get("mediaType") or OCI_MANIFEST),
        artifact_type=str(document.get("artifactType") or config_type),
        subject=str(_mapping(document.get("subject")).get("digest", "")),
        size=sum(size for blob in (config, *layers) if isinstance(size := blob.get("size"), int)),
        blobs=frozenset(_digests((config, *layers))),
        children=tuple(_digests(_mappings(document.get("manifests")))),
        attestation=bool(layers) and all(layer.get("mediaType") == IN_TOTO for layer in layers),
    )


def digest_of(data: bytes) -> str:
    """The digest of a blob or a manifest.

    >>> digest_of(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _digests(descriptors: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(descriptor["digest"]) for descriptor in descriptors if descriptor.get("digest")]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
