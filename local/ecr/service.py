"""Amazon ECR's images as ECR keeps them, and the events that EventBridge gets. Repositories are moto's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from local.ecr.answers import batch_get_image, describe_images, failure, image_answer, list_images
from local.ecr.images import ACTIVE, ARCHIVED, Image, Missing
from local.ecr.layers import LAYER_OPERATIONS, answer_layers
from local.ecr.manifests import Manifest, read_manifest
from local.ecr.pages import invalid
from local.ecr.repository import Registry, Repository
from local.http import ApiError, Request, Response, json_response
from local.iam.policy import like

Forward = Callable[[Request], Response]
Emit = Callable[[str, str, dict[str, Any]], object]
Pushed = Callable[[Repository, Image], None]
_READS = {"DescribeImages": describe_images, "ListImages": list_images, "BatchGetImage": batch_get_image}


class EcrApi:
    """Answers what concerns images; moto answers what concerns repositories and the registry.

    ``forward`` lets moto answer, ``emit(source, detail_type, detail)`` puts an event of the service on the
    default bus, ``pushed`` hears of every put before its event, ``downloads`` is the URL under which layers
    are served.
    """

    def __init__(
        self, registry: Registry, *, forward: Forward, emit: Emit, pushed: Pushed, downloads: str
    ) -> None:
        self._registry = registry
        self._forward = forward
        self._emit = emit
        self._pushed = pushed
        self._downloads = downloads
        self._lock = threading.RLock()

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers; raises ApiError."""
        if (read := _READS.get(request.operation)) is not None:
            body = request.json()
            with self._lock:
                return json_response(read(self._registry.named(body), body))
        if request.operation in LAYER_OPERATIONS:
            body = request.json()
            with self._lock:
                return json_response(
                    answer_layers(request.operation, self._registry.named(body), body, self._downloads)
                )
        match request.operation:
            case "PutImage":
                return json_response(self.put_image(request.json()))
            case "BatchDeleteImage":
                return json_response(self._batch_delete_image(request.json()))
            case "DeleteRepository":
                return self._delete_repository(request)
            case "UpdateImageStorageClass":
                return json_response(self._update_storage_class(request.json()))
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
            repository = self._registry.named(body)
            self._check_put(repository, manifest, tag)
            image = repository.images.put(manifest, tag, now=int(time.time()))
            self._pushed(repository, image)
        self._emit("aws.ecr", "ECR Image Action", _push_detail(repository, image, tag))
        return {"image": image_answer(repository, image, tag)}

    def backdate(self, repository_name: str, digest: str, seconds: float) -> None:
        """Lets an image have been pushed ``seconds`` earlier; raises ApiError when there is no such image."""
        with self._lock:
            image = self._registry.named({"repositoryName": repository_name}).image({"imageDigest": digest})
            image.pushed_at -= int(seconds)

    def _check_put(self, repository: Repository, manifest: Manifest, tag: str | None) -> None:
        image = repository.images.get(manifest.digest)
        where = f"the repository with name '{repository.name}' in registry with id '{repository.registry_id}'"
        if image is not None and image.status == ACTIVE and (tag is None or tag in image.tags):
            identity = f"'{image.digest}'" + (f" and tag '{tag}'" if tag else "")
            raise ApiError(
                "ImageAlreadyExistsException", f"Image with digest {identity} already exists in {where}"
            )
        holder = repository.images.tagged(tag) if tag else None
        if tag and holder not in (None, image) and self._is_immutable(repository.name, tag):
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
                f"name '{repository.name}' in the registry with id '{repository.registry_id}' do not exist",
            )

    def _is_immutable(self, repository_name: str, tag: str) -> bool:
        """AmazonECR/latest/userguide/image-tag-mutability.html."""
        repository = self._registry.configured(repository_name)
        filters = repository.image_tag_mutability_exclusion_filters or []
        excepted = any(like(each["filter"], tag) for each in filters)
        return bool(repository.image_tag_mutability.startswith("IMMUTABLE") != excepted)

    def _batch_delete_image(self, body: dict[str, Any]) -> dict[str, Any]:
        """AmazonECR/latest/APIReference/API_BatchDeleteImage.html."""
        deleted: list[dict[str, str]] = []
        failures = []
        with self._lock:
            repository = self._registry.named(body)
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

    def _update_storage_class(self, body: dict[str, Any]) -> dict[str, Any]:
        """AmazonECR/latest/APIReference/API_UpdateImageStorageClass.html."""
        target, image_id = body.get("targetStorageClass"), body.get("imageId") or {}
        if target not in ("ARCHIVE", "STANDARD"):
            raise invalid("targetStorageClass", "Member must satisfy enum value set: [ARCHIVE, STANDARD]")
        with self._lock:
            repository = self._registry.named(body)
            image = repository.image(image_id)
            if (image.status == ARCHIVED) == (target == "ARCHIVE"):
                raise ApiError(
                    "ImageStorageClassUpdateNotSupportedException",
                    f"The image '{image.digest}' is {image.status} already",
                )
            change = image.archive if target == "ARCHIVE" else image.restore
            change(int(time.time()))
        # Which of several tags the event names is not documented.
        tag = image_id.get("imageTag") or next(iter(image.tags), "")
        self._emit("aws.ecr", "ECR Image Action", _detail(repository, image, "UPDATE_STORAGE_CLASS", tag))
        where = {"registryId": repository.registry_id, "repositoryName": repository.name}
        return {**where, "imageId": {"imageDigest": image.digest}, "imageStatus": image.status}

    def _delete_repository(self, request: Request) -> Response:
        body = request.json()
        with self._lock:
            repository = self._registry.named(body)
            if len(repository.images) and not body.get("force"):
                raise ApiError(
                    "RepositoryNotEmptyException",
                    f"The repository with name '{repository.name}' in registry with id "
                    f"'{repository.registry_id}' cannot be deleted because it still contains images",
                )
            response = self._forward(request)
            if response.status == 200:
                self._registry.forget(repository.name)
        return response


def _detail(repository: Repository, image: Image, action: str, tag: str) -> dict[str, Any]:
    """AmazonECR/latest/userguide/ecr-eventbridge.html."""
    return {
        "result": "SUCCESS",
        "repository-name": repository.name,
        "image-digest": image.digest,
        "action-type": action,
        "image-tag": tag,
    }


def _push_detail(repository: Repository, image: Image, tag: str | None) -> dict[str, Any]:
    detail = _detail(repository, image, "PUSH", tag or "")
    if not tag:
        # Observed on untagged pushes: the children of an index, attestations.
        detail["manifest-media-type"] = image.manifest.media_type
        detail["artifact-media-type"] = image.manifest.artifact_type
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
