"""The local ECR's repositories: their images, and the blobs that these are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.ecr.blobs import Blobs
from local.ecr.images import ACTIVE, Image, Images
from local.ecr.pages import invalid
from local.http import ApiError


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
        """Whether an image that can be pulled refers to the blob with that digest."""
        return any(image.status == ACTIVE and blob in image.manifest.blobs for image in self.images)


class Registry:
    """The account's repositories. What exists, and how it is configured, is moto's to know.

    ``backend`` gives moto's ECR backend.
    """

    def __init__(self, backend: Callable[[], Any], *, account: str) -> None:
        self.account = account
        self._backend = backend
        self._repositories: dict[str, Repository] = {}

    @property
    def backend(self) -> Any:
        """moto's ECR backend."""
        return self._backend()

    def configured(self, name: str) -> Any:
        """A repository as moto knows it, or None when there is none such."""
        return self.backend.repositories.get(name)

    def named(self, body: Mapping[str, Any]) -> Repository:
        """The repository that the body of a request names; raises ApiError when there is none such."""
        name, registry = str(body.get("repositoryName", "")), body.get("registryId") or self.account
        if registry != self.account or self.configured(name) is None:
            raise ApiError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id '{registry}'",
            )
        return self._repositories.setdefault(name, Repository(name=name, registry_id=self.account))

    def blob(self, repository_name: str, digest: str) -> bytes | None:
        """The bytes of a layer or a configuration, if the repository has them."""
        repository = self._repositories.get(repository_name)
        return repository.blobs.get(digest) if repository is not None else None

    def forget(self, name: str) -> None:
        """Drops what a deleted repository held."""
        self._repositories.pop(name, None)

    def clear(self) -> None:
        """Forgets every image and every blob."""
        self._repositories.clear()
