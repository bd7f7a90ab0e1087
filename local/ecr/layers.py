"""ECR's operations on layers, and where the URL of GetDownloadUrlForLayer leads."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from local.ecr.blobs import UploadRefused
from local.ecr.pages import invalid
from local.ecr.repository import Repository
from local.http import ApiError, Request, Response
from local.operation import LAYER_DOWNLOADS

LAYER_OPERATIONS = (
    "BatchCheckLayerAvailability",
    "CompleteLayerUpload",
    "GetDownloadUrlForLayer",
    "InitiateLayerUpload",
    "UploadLayerPart",
)
_PART_SIZE = 20 * 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def answer_layers(
    operation: str, repository: Repository, body: Mapping[str, Any], downloads: str
) -> dict[str, Any]:
    """The answer of one of LAYER_OPERATIONS; ``downloads`` is where blobs are served. Raises ApiError.

    AmazonECR/latest/APIReference/API_UploadLayerPart.html and its neighbours.
    """
    where = {"registryId": repository.registry_id, "repositoryName": repository.name}
    upload = str(body.get("uploadId", ""))
    try:
        match operation:
            case "BatchCheckLayerAvailability":
                return _available(repository, body.get("layerDigests") or [])
            case "GetDownloadUrlForLayer":
                return _download(repository, str(body.get("layerDigest", "")), downloads)
            case "InitiateLayerUpload":
                return {"uploadId": repository.blobs.begin(), "partSize": _PART_SIZE}
            case "UploadLayerPart":
                data = base64.b64decode(body.get("layerPartBlob") or "")
                last = repository.blobs.add(upload, body["partFirstByte"], body["partLastByte"], data)
                return {**where, "uploadId": upload, "lastByteReceived": last}
        digest = repository.blobs.complete(upload, body.get("layerDigests") or [])
    except UploadRefused as refusal:
        raise ApiError(
            refusal.code, f"Upload '{upload}' to the repository with name '{repository.name}': {refusal}"
        ) from refusal
    return {**where, "uploadId": upload, "layerDigest": digest}


class LayerDownloads:
    """Serves blobs to whoever has the URL, as S3 does with a presigned one; ``find`` looks a blob up."""

    def __init__(self, find: Callable[[str, str], bytes | None]) -> None:
        self._find = find

    def __call__(self, request: Request) -> Response | None:
        """The blob that ``request`` asks for, or None when moto answers."""
        if request.operation != "GetObject" or not request.path.startswith(LAYER_DOWNLOADS):
            return None
        _region, _, blob = request.path.removeprefix(LAYER_DOWNLOADS).partition("/")
        repository, _, digest = blob.rpartition("/")
        data = self._find(repository, digest)
        if data is None:
            raise ApiError("NoSuchKey", "The specified key does not exist.", status=404)
        return Response(status=200, body=data, headers={"Content-Type": "application/octet-stream"})


def _download(repository: Repository, digest: str, downloads: str) -> dict[str, Any]:
    identity = (
        f"The layer with digest '{digest}' in the repository with name '{repository.name}' "
        f"in registry with id '{repository.registry_id}'"
    )
    if repository.blobs.get(digest) is None:
        raise ApiError("LayersNotFoundException", f"{identity} does not exist")
    if not repository.uses(digest):
        raise ApiError(
            "LayerInaccessibleException",
            f"{identity} is not available because it is not associated with an image",
        )
    path = quote(f"{repository.name}/{digest}")
    return {"downloadUrl": downloads + path, "layerDigest": digest}


def _available(repository: Repository, digests: list[str]) -> dict[str, Any]:
    if not 1 <= len(digests) <= 100:
        raise invalid("layerDigests", "Member must have length between 1 and 100")
    layers, failures = [], []
    for digest in digests:
        blob = repository.blobs.get(digest)
        if blob is not None:
            layer = {"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": len(blob)}
            layers.append({**layer, "mediaType": _LAYER})
        elif _DIGEST.fullmatch(digest):
            # An UNAVAILABLE layer is what tells a client to upload it.
            layers.append({"layerDigest": digest, "layerAvailability": "UNAVAILABLE", "mediaType": _LAYER})
        else:
            reason = f"Invalid layer digest '{digest}'"
            code = "InvalidLayerDigest"
            failures.append({"layerDigest": digest, "failureCode": code, "failureReason": reason})
    return {"layers": layers, "failures": failures}
