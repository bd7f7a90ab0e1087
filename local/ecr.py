"""Amazon ECR, where moto differs: digests, moved tags, and the events that EventBridge gets."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from local.http import ApiError, Request, Response

Forward = Callable[[Request], Response]
Emit = Callable[[str, str, dict[str, Any]], object]


class EcrApi:
    """Handles PutImage and BatchDeleteImage around moto.

    ``forward`` lets moto answer, ``backend`` gives moto's ECR backend, ``emit(source, detail_type, detail)``
    puts an event of the service on the default bus.
    """

    def __init__(self, *, backend: Callable[[], Any], forward: Forward, emit: Emit, account: str) -> None:
        self._backend = backend
        self._forward = forward
        self._emit = emit
        self._account = account
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Response | None:
        """The answer to ``request``, or None when moto answers; raises ApiError."""
        if request.operation == "PutImage":
            return self._put_image(request)
        if request.operation == "BatchDeleteImage":
            return self._batch_delete_image(request)
        return None

    def _put_image(self, request: Request) -> Response:
        body = request.json()
        manifest_text, manifest = _manifest(body)
        digest = "sha256:" + hashlib.sha256(manifest_text.encode()).hexdigest()
        if body.get("imageDigest", digest) != digest:
            raise ApiError(
                "ImageDigestDoesNotMatchException",
                f"The digest {body['imageDigest']} does not match that of the manifest, {digest}",
            )
        tag = body.get("imageTag")
        media_type = body.get("imageManifestMediaType") or manifest.get("mediaType") or _OCI_MANIFEST
        put = {**body, "imageDigest": digest, "imageManifestMediaType": media_type}
        with self._lock:
            self._release_tag(body.get("repositoryName", ""), digest, tag)
            response = self._forward(_with_body(request, put))
        if response.status == 200:
            detail = {
                "result": "SUCCESS",
                "repository-name": body["repositoryName"],
                "image-digest": digest,
                "action-type": "PUSH",
                "image-tag": tag or "",
            }
            if not tag:
                # Observed on untagged pushes: the children of an index, attestations.
                detail["manifest-media-type"] = media_type
                detail["artifact-media-type"] = manifest.get("config", {}).get("mediaType", "")
            self._emit("aws.ecr", "ECR Image Action", detail)
        return response

    def _release_tag(self, repository_name: str, digest: str, tag: str | None) -> None:
        """Takes ``tag`` off the image that has it, which moto would delete and ECR keeps untagged."""
        repository = self._repository(repository_name)
        for image in repository.images:
            if image.get_image_digest() != digest:
                continue
            if tag is None or tag in image.image_tags:
                identity = f"'{digest}'" if tag is None else f"'{digest}' and tag '{tag}'"
                raise ApiError(
                    "ImageAlreadyExistsException",
                    f"Image with digest {identity} already exists in the repository with name "
                    f"'{repository_name}' in registry with id '{self._account}'",
                )
        holder = next((image for image in repository.images if tag and tag in image.image_tags), None)
        if holder is None:
            return
        if repository.image_tag_mutability.startswith("IMMUTABLE"):
            raise ApiError(
                "ImageTagAlreadyExistsException",
                f"The image tag '{tag}' already exists in the '{repository_name}' repository and cannot be "
                "overwritten because the tag is immutable.",
            )
        holder.remove_tag(tag)
        if not holder.image_tags:
            holder.image_tag = None

    def _batch_delete_image(self, request: Request) -> Response:
        with self._lock:
            response = self._forward(request)
        if response.status == 200:
            for image in json.loads(response.body).get("imageIds", []):
                detail = {
                    "result": "SUCCESS",
                    "repository-name": request.json()["repositoryName"],
                    "image-digest": image.get("imageDigest", ""),
                    "action-type": "DELETE",
                    "image-tag": image.get("imageTag") or "",
                }
                self._emit("aws.ecr", "ECR Image Action", detail)
        return response

    def _repository(self, name: str) -> Any:
        repository = self._backend().repositories.get(name)
        if repository is None:
            raise ApiError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id '{self._account}'",
            )
        return repository


_OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def _manifest(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    text = body.get("imageManifest")
    try:
        manifest = json.loads(text or "")
    except (TypeError, ValueError):
        manifest = None
    if not isinstance(text, str) or not isinstance(manifest, dict):
        raise ApiError(
            "InvalidParameterException",
            "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
        )
    return text, manifest


def _with_body(request: Request, body: dict[str, Any]) -> Request:
    return replace(request, body=json.dumps(body).encode())
