"""The gate ``platform``: the image is built for what the job definition runs on.

What an image is built for stands in its manifest, or in that of an index over platforms, beside which are
entries that are no images: OCI image specification (github.com/opencontainers/image-spec: manifest.md,
image-index.md) and Docker's image manifest version 2, schema 2 (distribution.github.io/distribution/spec/
manifest-v2-2).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handler.document.containers import Container
from handler.errors import MalformedAnswer, RequirementError
from handler.gates import Ineligible

GATE = "platform"
_TEXT = re.compile(r"([a-z0-9]+)/([a-z0-9_]+)(?:/([a-z0-9]+))?")
# batch/latest/APIReference/API_RuntimePlatform.html: both keys have these defaults.
_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
_DEFAULT_ARCHITECTURE, _DEFAULT_FAMILY = "X86_64", "LINUX"
# github.com/containerd/platforms, "Normalization": arm64 means arm64/v8.
_VARIANTS = {"arm64": "v8"}
# How BuildKit marks attestations: docs.docker.com/build/metadata/attestations/attestation-storage
_REFERENCE_TYPE = "vnd.docker.reference.type"
_UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Platform:
    """``os/architecture[/variant]``, in the words of Go and so of image manifests.

    >>> str(Platform.parse("linux/arm64"))
    'linux/arm64'
    """

    os: str
    architecture: str
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Raises RequirementError, whose message is the end of a sentence about the text."""
        found = _TEXT.fullmatch(text)
        if not found:
            raise RequirementError(
                f"{text!r}, which is no platform", remedy="write linux/amd64 or linux/arm64"
            )
        return cls(found[1], found[2], found[3] or "")

    @classmethod
    def of_runtime(cls, runtime: Mapping[str, Any]) -> Platform:
        """From a job definition's ``runtimePlatform``."""
        architecture = str(runtime.get("cpuArchitecture") or _DEFAULT_ARCHITECTURE)
        family = str(runtime.get("operatingSystemFamily") or _DEFAULT_FAMILY)
        return cls(family.partition("_")[0].lower(), _ARCHITECTURES.get(architecture, architecture.lower()))

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    def runs(self, image: Platform) -> bool:
        """Whether an image for ``image`` runs here; without a variant, any variant does."""
        if (self.os, self.architecture) != (image.os, image.architecture):
            return False
        default = _VARIANTS.get(self.architecture, "")
        return not self.variant or self.variant == (image.variant or default)


def required_platforms(containers: Iterable[Container], given: str) -> set[Platform]:
    """The platforms that an image for ``containers`` must have: the given one, else those that they name.

    Empty where nothing is given and no container's job definition says what it runs on.
    """
    if given:
        return {Platform.parse(given)}
    return {
        Platform.of_runtime(container.runtime) for container in containers if container.runtime is not None
    }


def refuse_platform(required: Iterable[Platform], built_for: Collection[Platform]) -> Ineligible | None:
    """Refuses an image that does not run on every required platform."""
    missing = [item for item in sorted(required) if not any(map(item.runs, built_for))]
    if not missing:
        return None
    return Ineligible(
        GATE,
        f"the image is built for {', '.join(map(str, sorted(built_for))) or 'no platform'}, and can't run on "
        f"{', '.join(map(str, missing))}",
    )


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
