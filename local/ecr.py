"""Amazon ECR's images as ECR keeps them, and the events that EventBridge gets. Repositories are moto's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from local.ecr_answers import batch_get_image, describe_images, failure, image_answer, list_images
from local.ecr_images import Image, Missing
from local.ecr_layers import LAYER_OPERATIONS, answer_layers
from local.ecr_manifests import Manifest, read_manifest
from local.ecr_repository import Repository
from local.http import ApiError, Request, Response, json_response
from local.policy import like

Forward = Callable[[Request], Response]
Emit = Callable[[str, str, dict[str, Any]], object]
_READS = {"DescribeImages": describe_images, "ListImages": list_images, "BatchGetImage": batch_get_image}


class EcrApi:
    """Answers what concerns images; moto answers what concerns repositories and the registry.

    ``forward`` lets moto answer, ``backend`` gives moto's ECR backend, ``emit(source, detail_type, detail)``
    puts an event of the service on the default bus, ``endpoint`` is where layers are downloaded from.
    """

    def __init__(
        self, *, backend: Callable[[], Any], forward: Forward, emit: Emit, account: str, endpoint: str
    ) -> None:
        self._backend = backend
        self._forward = forward
        self._emit = emit
        self._account = account
        self._endpoint = endpoint
        self._repositories: dict[str, Repository] = {}
        self._lock = threading.RLock()

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers; raises ApiError."""
        if (read := _READS.get(request.operation)) is not None:
            body = request.json()
            with self._lock:
                return json_response(read(self._of(body), body))
        if request.operation in LAYER_OPERATIONS:
            body = request.json()
            with self._lock:
                return json_response(answer_layers(request.operation, self._of(body), body, self._endpoint))
        match request.operation:
            case "PutImage":
                return json_response(self.put_image(request.json()))
            case "BatchDeleteImage":
                return json_response(self._batch_delete_image(request.json()))
            case "DeleteRepository":
                return self._delete_repository(request)
        return None

    def put_image(self, body: dict[str, Any]) -> dict[str, Any]:
        """PutImage's answer to ``body``; a test that needs thousands of images calls this in the process.

        AmazonECR/latest/APIReference/API_PutImage.html; raises ApiError. Layers need not have been uploaded.
        """
        manifest = read_manifest(body.get("imageManifest"), body.get("imageManifestMediaType"))
        if body.get("imageDigest", manifest.digest) != manifest.digest:
            raise ApiError(
                "ImageDigestDoesNotMatchException",
                f"The digest {body['imageDigest']} does not match that of the manifest, {manifest.digest}",
            )
        tag = body.get("imageTag")
        with self._lock:
            repository = self._of(body)
            self._check_put(repository, manifest, tag)
            image = repository.images.put(manifest, tag, now=int(time.time()))
        self._emit("aws.ecr", "ECR Image Action", _push_detail(repository, manifest, tag))
        return {"image": image_answer(repository, image, tag)}

    def backdate(self, repository_name: str, digest: str, seconds: float) -> None:
        """Lets an image have been pushed ``seconds`` earlier; raises ApiError when there is no such image."""
        with self._lock:
            image = self.repository(repository_name).image({"imageDigest": digest})
            image.pushed_at -= int(seconds)

    def repository(self, name: str) -> Repository:
        """A repository and its images; raises ApiError when there is none such."""
        if name not in self._backend().repositories:
            raise ApiError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id '{self._account}'",
            )
        return self._repositories.setdefault(name, Repository(name=name, registry_id=self._account))

    def blob(self, repository_name: str, digest: str) -> bytes | None:
        """The bytes of a layer or a configuration, if the repository has them."""
        with self._lock:
            repository = self._repositories.get(repository_name)
            return repository.blobs.get(digest) if repository is not None else None

    def clear(self) -> None:
        """Forgets every image and every blob."""
        with self._lock:
            self._repositories.clear()

    def _of(self, body: dict[str, Any]) -> Repository:
        name, registry = str(body.get("repositoryName", "")), body.get("registryId") or self._account
        if registry != self._account:
            raise ApiError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id '{registry}'",
            )
        return self.repository(name)

    def _check_put(self, repository: Repository, manifest: Manifest, tag: str | None) -> None:
        image = repository.images.get(manifest.digest)
        where = f"the repository with name '{repository.name}' in registry with id '{self._account}'"
        if image is not None and (tag is None or tag in image.tags):
            identity = f"'{image.digest}'" + (f" and tag '{tag}'" if tag else "")
            raise ApiError(
                "ImageAlreadyExistsException", f"Image with digest {identity} already exists in {where}"
            )
        if tag and repository.images.tagged(tag) and self._is_immutable(repository.name, tag):
            raise ApiError(
                "ImageTagAlreadyExistsException",
                f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be "
                "overwritten because the tag is immutable.",
            )
        absent = [digest for digest in manifest.children if repository.images.get(digest) is None]
        if absent:
            raise ApiError(
                "ReferencedImagesNotFoundException",
                f"Images with digests '{', '.join(absent)}' required for pushing image into repository with "
                f"name '{repository.name}' in the registry with id '{self._account}' do not exist",
            )

    def _is_immutable(self, repository_name: str, tag: str) -> bool:
        """AmazonECR/latest/userguide/image-tag-mutability.html."""
        repository = self._backend().repositories[repository_name]
        filters = repository.image_tag_mutability_exclusion_filters or []
        excepted = any(like(each["filter"], tag) for each in filters)
        return bool(repository.image_tag_mutability.startswith("IMMUTABLE") != excepted)

    def _batch_delete_image(self, body: dict[str, Any]) -> dict[str, Any]:
        """AmazonECR/latest/APIReference/API_BatchDeleteImage.html."""
        deleted: list[dict[str, str]] = []
        failures = []
        with self._lock:
            repository = self._of(body)
            for image_id in body.get("imageIds") or []:
                found = repository.images.find(image_id)
                if isinstance(found, Image):
                    found = _referenced(repository, found, image_id) or found
                if isinstance(found, Missing):
                    failures.append(failure(image_id, found))
                else:
                    deleted += _delete(repository, found, image_id)
        for image_id in deleted:
            detail = {
                "result": "SUCCESS",
                "repository-name": repository.name,
                "image-digest": image_id["imageDigest"],
                "action-type": "DELETE",
                "image-tag": image_id.get("imageTag", ""),
            }
            self._emit("aws.ecr", "ECR Image Action", detail)
        return {"imageIds": deleted, "failures": failures}

    def _delete_repository(self, request: Request) -> Response:
        body = request.json()
        with self._lock:
            repository = self._of(body)
            if len(repository.images) and not body.get("force"):
                raise ApiError(
                    "RepositoryNotEmptyException",
                    f"The repository with name '{repository.name}' in registry with id '{self._account}' "
                    "cannot be deleted because it still contains images",
                )
            response = self._forward(request)
            if response.status == 200:
                del self._repositories[repository.name]
        return response


def _push_detail(repository: Repository, manifest: Manifest, tag: str | None) -> dict[str, Any]:
    detail = {
        "result": "SUCCESS",
        "repository-name": repository.name,
        "image-digest": manifest.digest,
        "action-type": "PUSH",
        "image-tag": tag or "",
    }
    if not tag:
        # Observed on untagged pushes: the children of an index, attestations.
        detail["manifest-media-type"] = manifest.media_type
        detail["artifact-media-type"] = manifest.artifact_type
    return detail


def _referenced(repository: Repository, image: Image, image_id: dict[str, Any]) -> Missing | None:
    """The failure of deleting what an index needs; taking a tag off it is no deletion."""
    parents = repository.images.parents(image.digest)
    if not parents or not image_id.get("imageDigest"):
        return None
    return Missing(
        "ImageReferencedByManifestList",
        f"Requested image referenced by manifest list: [{', '.join(parents)}]",
    )


def _delete(repository: Repository, image: Image, image_id: dict[str, Any]) -> list[dict[str, str]]:
    """Deletes by digest, or takes a tag off, which deletes an image without another tag."""
    digest = {"imageDigest": image.digest}
    if not image_id.get("imageDigest"):
        tag = image_id["imageTag"]
        repository.images.untag(tag)
        if not image.tags and not repository.images.parents(image.digest):
            repository.images.remove(image)
        return [{**digest, "imageTag": tag}]
    tags = list(image.tags)
    repository.images.remove(image)
    return [{**digest, "imageTag": tag} for tag in tags] or [digest]
