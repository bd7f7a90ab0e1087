"""A repository of the local ECR: its images, and the blobs that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.ecr_blobs import Blobs
from local.ecr_images import Image, Images
from local.http import ApiError
from local.pages import invalid


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository by name, and what it holds."""

    name: str
    registry_id: str
    images: Images = field(default_factory=Images)
    blobs: Blobs = field(default_factory=Blobs)

    def image(self, image_id: Mapping[str, Any]) -> Image:
        """The image with that ImageIdentifier; raises ApiError when there is none."""
        found = self.images.find(image_id)
        if isinstance(found, Image):
            return found
        if found.code in ("MissingDigestAndTag", "InvalidImageDigest"):
            raise invalid("imageId", found.reason)
        digest, tag = image_id.get("imageDigest") or "null", image_id.get("imageTag") or "null"
        raise ApiError(
            "ImageNotFoundException",
            f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the "
            f"repository with name '{self.name}' in the registry with id '{self.registry_id}'",
        )

    def uses(self, blob: str) -> bool:
        """Whether an image refers to the blob with that digest."""
        return any(blob in image.manifest.blobs for image in self.images)
