"""Whether a job can run what a tag points at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What the manifest of an image that runs names as its config.
_IMAGE_CONFIGS = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)


def unfitness(details: Mapping[str, Any]) -> str:
    """Why no job can run the image that DescribeImages gives ``details`` of; "" if one can.

    AmazonECR/latest/APIReference/API_ImageDetail.html
    """
    status = details.get("imageStatus", "ACTIVE")
    if status != "ACTIVE":
        return f"can't be pulled: ECR has it as {status}"
    if details.get("subjectManifestDigest"):
        return "stands beside another image: a signature, an attestation or an SBOM"
    artifact = details.get("artifactMediaType") or _IMAGE_CONFIGS[0]
    return "" if artifact in _IMAGE_CONFIGS else f"is no image but an artifact of type {artifact}"
