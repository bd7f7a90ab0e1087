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
class Part:
    """One image of those that a manifest stands for.

    ``platform`` is None where the manifest does not tell: it then stands in the ``config`` with that digest,
    or, where that is "", in the manifest with the digest ``digest``.
    """

    digest: str
    platform: Platform | None = None
    config: str = ""


def read_manifest(text: str, digest: str) -> tuple[Part, ...]:
    """The parts of the index, or the one part of the image's manifest, with that digest.

    Raises MalformedAnswer.
    """
    where = f"the manifest {digest}"
    match _json(text):
        case {"manifests": [*descriptors]}:
            found = [item for item in descriptors if isinstance(item, dict) and _is_image(item)]
            return tuple(_part(item, where) for item in found)
        case {"config": {"digest": str(config)}}:
            return (Part(digest=digest, config=config),)
    raise MalformedAnswer(f"{where} is neither an index nor the manifest of an image: {text[:200]}")


def read_platform(config: bytes, digest: str) -> Platform:
    """The platform that the config of the image with that digest names. Raises MalformedAnswer."""
    if platform := _platform(_json(config)):
        return platform
    raise MalformedAnswer(f"the config of {digest} names no os and architecture: {config[:200]!r}")


def _json(text: str | bytes) -> Any:
    """None for what is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _platform(found: Any) -> Platform | None:
    match found:
        case {"os": str(os), "architecture": str(architecture), **more}:
            return Platform(os=os, architecture=architecture, variant=str(more.get("variant") or ""))
    return None


def _is_image(descriptor: Mapping[str, Any]) -> bool:
    """Whether it is neither an attestation nor another artifact, such as a SOCI index."""
    platform = descriptor.get("platform") or {}
    return (
        not descriptor.get("artifactType")
        and _REFERENCE_TYPE not in (descriptor.get("annotations") or {})
        and _UNKNOWN not in (platform.get("os"), platform.get("architecture"))
    )


def _part(descriptor: Mapping[str, Any], where: str) -> Part:
    match descriptor:
        case {"digest": str(digest)}:
            return Part(digest=digest, platform=_platform(descriptor.get("platform")))
    raise MalformedAnswer(f"{where} has an entry without a digest: {dict(descriptor)}")
