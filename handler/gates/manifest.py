"""What an image is made of: single manifests, indexes over platforms, and what only stands beside images.

OCI image specification (github.com/opencontainers/image-spec: manifest.md, image-index.md) and Docker's
image manifest version 2, schema 2 (distribution.github.io/distribution/spec/manifest-v2-2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handler.errors import MalformedAnswer
from handler.gates.platform import Platform

_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MEDIA_TYPES = (
    *_INDEXES,
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
# How BuildKit marks attestations: docs.docker.com/build/metadata/attestations/attestation-storage
_REFERENCE_TYPE = "vnd.docker.reference.type"
_UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Child:
    """One image in an index; ``platform`` is None where the index does not tell."""

    digest: str
    platform: Platform | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Either an index with ``children``, or the manifest of one image with the digest of its ``config``."""

    children: tuple[Child, ...] = ()
    config: str = ""


def read_manifest(text: str, *, where: str) -> Manifest:
    """Reads a manifest; ``where`` begins the message of the MalformedAnswer that it raises."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    match document:
        case {"manifests": [*descriptors]}:
            found = [item for item in descriptors if isinstance(item, dict) and _is_image(item)]
            return Manifest(children=tuple(_child(item, where) for item in found))
        case {"config": {"digest": str(config)}}:
            return Manifest(config=config)
    raise MalformedAnswer(f"{where} is neither an index nor the manifest of an image: {text[:200]}")


def read_platform(config: bytes, *, where: str) -> Platform:
    """The platform that an image's config names; ``where`` as for ``read_manifest``."""
    try:
        document = json.loads(config)
    except ValueError:
        document = None
    match document:
        case {"os": str(os), "architecture": str(architecture)}:
            return Platform(os=os, architecture=architecture, variant=document.get("variant") or "")
    raise MalformedAnswer(f"{where} names no os and architecture: {config[:200]!r}")


def _is_image(descriptor: Mapping[str, Any]) -> bool:
    """Whether it is neither an attestation nor another artifact, such as a SOCI index."""
    platform = descriptor.get("platform") or {}
    return (
        not descriptor.get("artifactType")
        and _REFERENCE_TYPE not in (descriptor.get("annotations") or {})
        and _UNKNOWN not in (platform.get("os"), platform.get("architecture"))
    )


def _child(descriptor: Mapping[str, Any], where: str) -> Child:
    match descriptor:
        case {"digest": str(digest), "platform": {"os": str(os), "architecture": str(architecture), **more}}:
            variant = str(more.get("variant") or "")
            return Child(digest=digest, platform=Platform(os=os, architecture=architecture, variant=variant))
        case {"digest": str(digest)}:
            return Child(digest=digest, platform=None)
    raise MalformedAnswer(f"{where} has an entry without a digest: {dict(descriptor)}")
