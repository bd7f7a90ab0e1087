"""What ECR says about the images of a repository: DescribeImages, ListImages, BatchGetImage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.ecr.images import ARCHIVED, Image, Missing
from local.ecr.pages import invalid, page
from local.ecr.repository import Repository

_MOST_IDS = 100


def describe_images(repository: Repository, body: Mapping[str, Any]) -> dict[str, Any]:
    """AmazonECR/latest/APIReference/API_DescribeImages.html; raises ApiError."""
    if image_ids := body.get("imageIds"):
        for parameter in ("maxResults", "nextToken"):
            if body.get(parameter) is not None:
                raise invalid(parameter, "it cannot be used when images are specified with 'imageIds'")
        _check_number(image_ids)
        chosen = {image.digest: image for image in map(repository.image, image_ids)}
        return {"imageDetails": [_detail(repository, image) for image in chosen.values()]}
    wanted = _filter(body)
    images, more = page(body, ((image.number, image) for image in repository.images if wanted(image)))
    return {"imageDetails": [_detail(repository, image) for image in images], **more}


def list_images(repository: Repository, body: Mapping[str, Any]) -> dict[str, Any]:
    """One entry a tag: AmazonECR/latest/APIReference/API_ListImages.html; raises ApiError."""
    wanted = _filter(body)
    ids = [
        {"imageDigest": image.digest, **({"imageTag": tag} if tag else {})}
        for image in repository.images
        if wanted(image)
        for tag in image.tags or [""]
    ]
    entries, more = page(body, enumerate(ids))
    return {"imageIds": entries, **more}


def batch_get_image(repository: Repository, body: Mapping[str, Any]) -> dict[str, Any]:
    """Manifests as they were put, and what was not found.

    AmazonECR/latest/APIReference/API_BatchGetImage.html. Nothing is converted, so ``acceptedMediaTypes``
    changes nothing. Pulling an archived image fails with "not found"
    (AmazonECR/latest/userguide/archive-image.html); that the failure's code is ImageNotFound too is inferred.
    Raises ApiError.
    """
    image_ids = body.get("imageIds") or []
    _check_number(image_ids)
    images, failures = [], []
    for image_id in image_ids:
        found = repository.images.find(image_id)
        if isinstance(found, Image) and found.status == ARCHIVED:
            found = Missing("ImageNotFound", "Requested image is archived")
        if isinstance(found, Missing):
            failures.append(failure(image_id, found))
        else:
            images.append(image_answer(repository, found, image_id.get("imageTag")))
    return {"images": images, "failures": failures}


def image_answer(repository: Repository, image: Image, tag: str | None) -> dict[str, Any]:
    """The Image of BatchGetImage's and PutImage's answers."""
    return {
        "registryId": repository.registry_id,
        "repositoryName": repository.name,
        "imageId": {"imageDigest": image.digest, **({"imageTag": tag} if tag else {})},
        "imageManifest": image.manifest.text,
        "imageManifestMediaType": image.manifest.media_type,
    }


def failure(image_id: Mapping[str, Any], missing: Missing) -> dict[str, Any]:
    """An ImageFailure."""
    return {"imageId": dict(image_id), "failureCode": missing.code, "failureReason": missing.reason}


def _detail(repository: Repository, image: Image) -> dict[str, Any]:
    manifest = image.manifest
    sizes = [child.manifest.size for digest in manifest.children if (child := repository.images.get(digest))]
    return {
        "registryId": repository.registry_id,
        "repositoryName": repository.name,
        "imageDigest": image.digest,
        **({"imageTags": list(image.tags)} if image.tags else {}),
        "imageSizeInBytes": max(sizes, default=manifest.size),
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": manifest.media_type,
        **({"artifactMediaType": manifest.artifact_type} if manifest.artifact_type else {}),
        **({"subjectManifestDigest": manifest.subject} if manifest.subject else {}),
        "imageStatus": image.status,
        **image.transitions,
    }


def _filter(body: Mapping[str, Any]) -> Callable[[Image], bool]:
    """AmazonECR/latest/APIReference/API_DescribeImagesFilter.html: without a status, ACTIVE images only."""
    chosen = body.get("filter") or {}
    tag_status = _choice(chosen, "tagStatus", ("ANY", "TAGGED", "UNTAGGED"))
    status = _choice(chosen, "imageStatus", ("ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"))
    return lambda image: (
        tag_status in ("ANY", "TAGGED" if image.tags else "UNTAGGED") and status in ("ANY", image.status)
    )


def _choice(chosen: Mapping[str, Any], key: str, values: tuple[str, ...]) -> str:
    value = str(chosen.get(key) or values[0])
    if value not in values:
        raise invalid(f"filter.{key}", f"Member must satisfy enum value set: [{', '.join(values)}]")
    return value


def _check_number(image_ids: Iterable[Any]) -> None:
    if not 1 <= len(list(image_ids)) <= _MOST_IDS:
        raise invalid("imageIds", f"Member must have length between 1 and {_MOST_IDS}")
